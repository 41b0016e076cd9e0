#include "outgoing/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tappet::outgoing {
namespace {

using std::chrono::milliseconds;
constexpr std::int64_t kMostSeconds = 366LL * 24 * 3600;  ///< who asks for more asks for nonsense
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
    return out;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<TimeMs> read_date(std::string_view text) {
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
    const auto day = number(text.substr(5, 2)), year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)),
               second = number(text.substr(23, 2));
    const std::size_t month = kMonths.find(text.substr(8, 3));
    if (!day || !year || !hour || !minute || !second || month == std::string_view::npos || month % 3 != 0)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto at = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                    std::chrono::seconds(*second);
    return TimeMs{std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count()};
}

}  // namespace

std::optional<milliseconds> read_retry_after(std::string_view text, TimeMs now) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (const auto seconds = number(text)) return std::chrono::seconds(std::min(*seconds, kMostSeconds));
    const auto date = read_date(text);
    if (!date) return std::nullopt;
    return std::max(*date - now, milliseconds(0));
}

}  // namespace tappet::outgoing
