#include "expr/functions/zone.hpp"

#include <date/tz.h>

#include <exception>

namespace tappet::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> fixed_offset(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const std::size_t i : {0, 1, 3, 4})
        if (!is_digit(text[i])) return std::nullopt;
    const int hours = (text[0] - '0') * 10 + (text[1] - '0'),
              minutes = (text[3] - '0') * 10 + (text[4] - '0');
    if (hours > 23 || minutes > 59) return std::nullopt;
    return (hours * 60 + minutes) * (negative ? -60 : 60);
}

}  // namespace

std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t at) {
    if (zone == "UTC" || zone == "Z") return 0;
    if (const auto fixed = fixed_offset(zone)) return fixed;
    try {
        const date::sys_seconds instant{std::chrono::seconds(at)};
        return date::locate_zone(zone)->get_info(instant).offset.count();
    } catch (const std::exception&) {  // the library's way to say that there is no such zone, or no database
        return std::nullopt;
    }
}

}  // namespace tappet::expr
