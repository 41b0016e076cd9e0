// Timetables against brute force: `schedules [--specs N] [--seed N]`. Random cron texts, N for each of 30
// zones, each over the 50 years from 2005 to 2054 and under each policy for changes of the clocks. What a
// timetable gives must be what trying each minute finds. A fault is told with the seed that shows it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "brute_force.hpp"
#include "schedule/timetable.hpp"

using namespace tappet;
using namespace tappet::schedules;

namespace {

constexpr const char* kZones[] = {"UTC",
                                  "Europe/Berlin",
                                  "Europe/London",
                                  "Europe/Dublin",
                                  "Europe/Istanbul",
                                  "Europe/Moscow",
                                  "America/New_York",
                                  "America/St_Johns",
                                  "America/Havana",
                                  "America/Sao_Paulo",
                                  "America/Asuncion",
                                  "America/Santiago",
                                  "America/Nuuk",
                                  "America/Caracas",
                                  "Pacific/Easter",
                                  "Pacific/Apia",
                                  "Pacific/Chatham",
                                  "Pacific/Kiritimati",
                                  "Australia/Sydney",
                                  "Australia/Lord_Howe",
                                  "Antarctica/Troll",
                                  "Africa/Casablanca",
                                  "Africa/Cairo",
                                  "Atlantic/Azores",
                                  "Asia/Gaza",
                                  "Asia/Amman",
                                  "Asia/Tehran",
                                  "Asia/Kolkata",
                                  "Asia/Pyongyang",
                                  "Asia/Ulaanbaatar"};

constexpr std::int64_t kDay = 86'400;
std::int64_t new_year(int y) {
    return std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(y) / 1 / 1))
        .time_since_epoch()
        .count();
}
const std::int64_t kBegin = new_year(2005), kEnd = new_year(2055);

std::int64_t next(const schedule::Timetable& table, std::int64_t after) {
    const auto found = table.next({after * 1000});
    return found && found->ms < kEnd * 1000 ? found->ms / 1000 : kEnd;
}

/// The first instant at which the timetable is wrong about what comes next; kEnd where it never is. Of many
/// instants those around changes are tried, and a part of the others.
std::int64_t first_fault(const schedule::Timetable& table, const std::vector<std::int64_t>& found,
                         const std::vector<Span>& spans, std::uint64_t& tried) {
    std::int64_t at = kBegin - 1;
    std::size_t span = 0;
    const bool many = found.size() > 20'000;
    for (std::size_t i = 0; i <= found.size(); ++i) {
        while (span + 1 < spans.size() && spans[span].end < at - kDay) ++span;
        if (!many || i % 101 == 0 || std::abs(spans[span].end - at) <= kDay) {
            ++tried;
            if (next(table, at) != (i < found.size() ? found[i] : kEnd)) return at;
        }
        if (i < found.size()) at = found[i];
    }
    return kEnd;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t specs = 100, seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        (option == "--specs" ? specs : seed) = std::strtoull(argv[i + 1], nullptr, 10);
    }
    std::uint64_t tried = 0, instants = 0, cases = 0;
    for (std::size_t z = 0; z < std::size(kZones); ++z) {
        const auto zone = schedule::Zone::load(kZones[z]);
        if (!zone) return std::printf("%s\n", zone.error().message.c_str()), 1;
        const auto spans = spans_of(kZones[z], kBegin - 3 * kDay, kEnd + 3 * kDay);
        for (std::uint64_t n = 0; n < specs; ++n) {
            std::mt19937_64 chance(seed * 1'000'003 + n * 1009 + z);
            const Spec spec = random_spec(chance);
            const auto cron = schedule::Cron::parse(spec.text);
            if (!cron) return std::printf("%s: %s\n", spec.text.c_str(), cron.error().message.c_str()), 1;
            for (const Policy policy :
                 {Policy{true, false}, Policy{true, true}, Policy{false, false}, Policy{false, true}}) {
                const schedule::Timetable table(
                    *cron, *zone,
                    {policy.run_after ? schedule::Gap::run_after : schedule::Gap::skip,
                     policy.both ? schedule::Overlap::both : schedule::Overlap::once});
                const auto found = brute_force(spec, spans, policy, kBegin, kEnd);
                const std::int64_t fault = first_fault(table, found, spans, tried);
                ++cases, instants += found.size();
                if (fault == kEnd) continue;
                const auto want = std::upper_bound(found.begin(), found.end(), fault);
                std::printf(
                    "FAIL %s, %s, gap %s, overlap %s: after %lld comes %lld, not %lld (--seed %llu)\n",
                    spec.text.c_str(), kZones[z], policy.run_after ? "runAfter" : "skip",
                    policy.both ? "both" : "once", static_cast<long long>(fault),
                    static_cast<long long>(next(table, fault)),
                    static_cast<long long>(want == found.end() ? kEnd : *want),
                    static_cast<unsigned long long>(seed));
                return 1;
            }
        }
    }
    std::printf(
        "schedules: %zu zones, 50 years, %llu specs with their policies: %llu instants, %llu answers agree\n",
        std::size(kZones), static_cast<unsigned long long>(cases), static_cast<unsigned long long>(instants),
        static_cast<unsigned long long>(tried));
    return cases > 0 ? 0 : 1;
}
