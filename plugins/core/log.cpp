#include <string>

#include "actions.hpp"

namespace core {
namespace {

std::string text_of(View message) {
    if (message.secret()) return "••••";
    if (message.is_string()) return std::string(message.string());
    return message.json(false);
}

}  // namespace

Line log(const Context& context, const Line& line) {
    context.log(static_cast<tappet_level>(line.level), text_of(line.message));
    return line;
}

}  // namespace core
