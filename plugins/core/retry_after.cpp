#include "retry_after.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <string>
#include <vector>

namespace core {
namespace {

constexpr std::int64_t kLongestSeconds = 366LL * 24 * 3600;  ///< a peer that asks for more asks for nonsense

std::optional<std::int64_t> number(std::string_view text) {
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::int64_t out = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    return out;
}

std::optional<unsigned> month(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::find(kMonths.begin(), kMonths.end(), text);
    if (found == kMonths.end()) return std::nullopt;
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

/// The words of a date: separated by blanks, commas and hyphens.
std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t begin = text.find_first_not_of(" ,-");
        if (begin == std::string_view::npos) return out;
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(" ,-"), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

/// Seconds since midnight of "08:49:37".
std::optional<std::int64_t> time_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto h = number(text.substr(0, 2)), m = number(text.substr(3, 2)), s = number(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
    return *h * 3600 + *m * 60 + *s;
}

/// A two-digit year lies at most 50 years ahead.
std::int64_t full_year(std::int64_t two_digits, std::int64_t now_ms) {
    const std::chrono::sys_days today = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(now_ms)));
    const int now = static_cast<int>(std::chrono::year_month_day(today).year());
    const std::int64_t year = now / 100 * 100 + two_digits;
    return year > now + 50 ? year - 100 : year;
}

std::optional<std::int64_t> date_ms(std::string_view text, std::int64_t now_ms) {
    const auto w = words(text);
    std::optional<std::int64_t> day, year, seconds;
    std::optional<unsigned> mon;
    if (w.size() == 6 && w[5] == "GMT") {  // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
        day = number(w[1]), mon = month(w[2]), year = number(w[3]), seconds = time_of_day(w[4]);
        if (year && w[3].size() == 2) year = full_year(*year, now_ms);
    } else if (w.size() == 5) {  // Sun Nov  6 08:49:37 1994
        mon = month(w[1]), day = number(w[2]), seconds = time_of_day(w[3]), year = number(w[4]);
    }
    if (!day || !mon || !year || !seconds || *year > 9999 || *day > 31) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*mon),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) return std::nullopt;
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return (static_cast<std::int64_t>(days) * 24 * 3600 + *seconds) * 1000;
}

}  // namespace

std::optional<std::int64_t> parse_retry_after(std::string_view text, std::int64_t now_ms) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (const auto seconds = number(text)) return std::min(*seconds, kLongestSeconds) * 1000;
    const auto date = date_ms(text, now_ms);
    if (!date) return std::nullopt;
    return std::clamp<std::int64_t>(*date - now_ms, 0, kLongestSeconds * 1000);
}

}  // namespace core
