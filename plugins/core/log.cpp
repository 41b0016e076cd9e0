#include <array>
#include <string>
#include <string_view>

#include "actions.hpp"

namespace core {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};

tappet_level level_of(std::string_view name) {
    for (std::size_t i = 0; i < kLevels.size(); ++i)
        if (kLevels[i] == name) return static_cast<tappet_level>(i);
    return TAPPET_INFO;
}

std::string text_of(View message) {
    if (message.secret()) return "••••";
    if (message.is_string()) return std::string(message.string());
    return message.json(false);
}

}  // namespace

Json log(const Context& context, View input) {
    const std::string_view level = input["level"].string_or("info");
    context.log(level_of(level), text_of(input["message"]));
    return Json::object({{"level", level}, {"message", input["message"]}});
}

}  // namespace core
