// The grammar of durations as docs/FLOWS.md has it. The engine reads them with code of its own, which a
// plugin cannot link; a table of cases that both are tested on keeps the two alike.
#include "duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace core {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
/// Of ISO 8601, those with a settled length: dates, then times.
constexpr std::array<Unit, 5> kIsoUnits{
    {{"W", 604'800'000}, {"D", 86'400'000}, {"H", 3'600'000}, {"M", 60'000}, {"S", 1'000}}};
constexpr std::size_t kDates = 2;
constexpr std::size_t kDigits = 18;

/// Takes a number, with a fraction or without, off the front; nothing when there is none.
std::optional<double> take_number(std::string_view& text) {
    const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
    double out = 0;
    const char* const end = text.data() + length;
    if (length == 0 || length > kDigits) return std::nullopt;
    if (std::from_chars(text.data(), end, out, std::chars_format::fixed).ptr != end) return std::nullopt;
    text.remove_prefix(length);
    return out;
}

/// Adds a sequence of numbers with units, which must come in their order, each at most once.
bool add_all(std::string_view text, std::span<const Unit> units, double& total) {
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return false;
        const std::string_view name =
            text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
        const auto unit =
            std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
        if (unit == units.end()) return false;
        total += *number * static_cast<double>(unit->ms);
        units = units.subspan(static_cast<std::size_t>(unit - units.begin()) + 1);
        text.remove_prefix(name.size());
    }
    return true;
}

/// What stands behind the P of P3D, PT1H30M, P1DT0.5S.
bool add_iso(std::string_view text, double& total) {
    const std::span<const Unit> units(kIsoUnits);
    const std::size_t mark = text.find('T');
    if (mark == std::string_view::npos) return !text.empty() && add_all(text, units.first(kDates), total);
    const std::string_view time = text.substr(mark + 1);
    return !time.empty() && add_all(text.substr(0, mark), units.first(kDates), total) &&
           add_all(time, units.subspan(kDates), total);
}

}  // namespace

std::int64_t parse_duration_ms(std::string_view text) {
    double total = 0;
    const bool iso = text.starts_with('P');
    if (text.empty() || !(iso ? add_iso(text.substr(1), total) : add_all(text, kUnits, total))) return -1;
    return total > static_cast<double>(kLongestDurationMs) ? -1 : static_cast<std::int64_t>(total + 0.5);
}

}  // namespace core
