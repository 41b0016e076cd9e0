#include <algorithm>
#include <string_view>

#include "http_parts.hpp"

namespace core {
namespace {

constexpr std::int64_t kLongest = 366LL * 24 * 3600 * 1000;  ///< milliseconds
constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

/// Takes digits off the front; -1 when there are none or too many.
std::int64_t take_number(std::string_view& text) {
    std::size_t digits = 0;
    std::int64_t out = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == 12) return -1;
        out = out * 10 + (text[digits++] - '0');
    }
    text.remove_prefix(digits);
    return digits == 0 ? -1 : out;
}

std::int64_t add(std::int64_t total, std::int64_t count, std::int64_t unit) {
    if (total < 0 || count < 0 || unit == 0 || count > kLongest / unit) return -1;
    return total + count * unit > kLongest ? -1 : total + count * unit;
}

/// P3D, PT1H30M, P1DT5S.
std::int64_t parse_iso(std::string_view text) {
    std::int64_t total = 0;
    bool in_time = false, any = false;
    while (!text.empty() && total >= 0) {
        if (text.front() == 'T' && !in_time) {
            in_time = true;
            any = false;
            text.remove_prefix(1);
            continue;
        }
        const std::int64_t count = take_number(text);
        if (text.empty()) return -1;
        const char unit = text.front();
        text.remove_prefix(1);
        total = add(total, count,
                    !in_time      ? (unit == 'D' ? kDay : 0)
                    : unit == 'H' ? kHour
                    : unit == 'M' ? kMinute
                    : unit == 'S' ? kSecond
                                  : 0);
        any = true;
    }
    return any ? total : -1;
}

}  // namespace

std::int64_t parse_duration_ms(std::string_view text) {
    if (!text.empty() && text.front() == 'P') return parse_iso(text.substr(1));
    if (text.empty()) return -1;
    std::int64_t total = 0;
    while (!text.empty() && total >= 0) {
        const std::int64_t count = take_number(text);
        const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
        total = add(total, count,
                    unit == "ms"  ? 1
                    : unit == "s" ? kSecond
                    : unit == "m" ? kMinute
                    : unit == "h" ? kHour
                    : unit == "d" ? kDay
                                  : 0);
        text.remove_prefix(unit.size());
    }
    return total;
}

}  // namespace core
