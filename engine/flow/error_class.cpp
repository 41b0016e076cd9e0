#include "flow/error_class.hpp"

#include <array>

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 13> kNames{
    "validation",  "auth",     "forbidden",      "notFound",  "conflict", "rateLimited", "timeout",
    "unavailable", "upstream", "plugin.crashed", "cancelled", "stopped",  "internal"};

}  // namespace

std::string_view to_string(ErrorClass c) { return kNames[static_cast<std::size_t>(c)]; }

std::optional<ErrorClass> parse_error_class(std::string_view text) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == text) return static_cast<ErrorClass>(i);
    return std::nullopt;
}

std::span<const std::string_view> error_class_names() { return kNames; }

}  // namespace tappet::flow
