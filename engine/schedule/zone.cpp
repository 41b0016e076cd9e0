#include "schedule/zone.hpp"

#include <algorithm>
#include <limits>

#include "base/closest.hpp"
#include "base/printable.hpp"
#include "schedule/cron.hpp"
#include "schedule/zone_files.hpp"
#include "schedule/zone_table.hpp"

namespace tappet::schedule {
namespace {

constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t kMaxName = 64;

/// Whether a name can be joined to the folder: words of letters, digits, `_`, `+`, `-` between slashes.
bool well_formed(std::string_view name) {
    if (name.empty() || name.size() > kMaxName || name.front() == '/' || name.back() == '/') return false;
    char last = '/';
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '/' ? last == '/' : !letter && c != '_' && c != '+' && c != '-') return false;
        last = c;
    }
    return name.front() >= 'A' && name.front() <= 'Z';
}

std::string small_last_word(std::string_view name) {
    std::string out(name.substr(name.rfind('/') + 1));
    for (char& c : out) c = c == ' ' ? '_' : static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    return out;
}

/// Up to three zones that were probably meant: of that city, else of nearly that name.
std::vector<std::string> near_names(std::string_view name, const std::vector<std::string>& known) {
    std::vector<std::string> out;
    std::vector<std::string> cities;
    for (const std::string& zone : known) cities.push_back(small_last_word(zone));
    std::string city = small_last_word(name.substr(0, kMaxName));
    if (const auto near = closest(name, known); !near.empty()) out.emplace_back(near);
    if (const auto near = closest(city, cities); !near.empty()) city = near;
    for (std::size_t i = 0; i < known.size() && out.size() < 3; ++i)
        if (cities[i] == city && std::find(out.begin(), out.end(), known[i]) == out.end())
            out.push_back(known[i]);
    return out;
}

Error unknown(std::string_view name, std::string_view folder) {
    const std::vector<std::string> known = zone_names(folder);
    if (known.empty())
        return Error::unavailable("there is no time zone database in " + std::string(folder) +
                                  ": install the package tzdata");
    std::string out = "there is no time zone `" + printable(name.substr(0, kMaxName)) + "`";
    std::string separator = "; did you mean ";
    for (const std::string& near : near_names(name, known)) {
        out += separator + "`" + near + "`";
        separator = ", ";
    }
    return Error::invalid(out + (separator == ", " ? "?" : "; names are such as `Europe/Berlin` and `UTC`"));
}

Instant instant(std::int64_t at) { return Instant(std::chrono::seconds(at)); }

}  // namespace

Zone Zone::utc() { return Zone(Table{"UTC", {{kAlways, 0}}}); }

Result<Zone> Zone::load(std::string_view name, std::string_view folder) {
    if (name == "UTC") return utc();
    const auto bytes = well_formed(name) ? zone_bytes(folder, name) : std::nullopt;
    if (!bytes || !bytes->starts_with("TZif")) return unknown(name, folder);
    auto changes = read_zone_table(*bytes, kLastYear);
    if (!changes) return Error::corrupt("time zone `" + std::string(name) + "`: " + changes.error().message);
    return Zone(Table{std::string(name), std::move(*changes)});
}

Period Zone::at(Instant when) const {
    const auto& changes = table_->changes;
    const auto after =
        std::upper_bound(changes.begin(), changes.end(), when.time_since_epoch().count(),
                         [](std::int64_t t, const OffsetChange& change) { return t < change.at; });
    const auto here = after - 1;
    const auto before = here == changes.begin() ? here : here - 1;
    return {.begin = instant(here->at),
            .end = after == changes.end() ? Instant::max() : instant(after->at),
            .offset = std::chrono::seconds(here->offset),
            .before = std::chrono::seconds(before->offset)};
}

}  // namespace tappet::schedule
