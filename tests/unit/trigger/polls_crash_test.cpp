// Ten thousand records through a poller that dies at every boundary, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "unit/trigger/poll_rig.hpp"

namespace tappet::trigger {
namespace {

constexpr std::int64_t kRecords = 10'000;
constexpr std::int64_t kLimit = 100;

/// Where a life ends.
enum class Dies {
    never,
    asked,      ///< while the source thinks
    told,       ///< what it told is not written
    written,    ///< it is, and nobody has heard of it
    committed,  ///< runs are under way, the next poll has not begun
    later,      ///< within the interval
};
constexpr int kDeaths = 6;

/// What the source tells from a cursor on: pages of one record to as many as are allowed.
Value page(std::int64_t from, std::int64_t size) {
    const std::int64_t to = std::min(from + size, kRecords);
    std::vector<Value> events;
    for (std::int64_t n = from + 1; n <= to; ++n)
        events.push_back(Value::object({{"body", Value::integer(n)}}));
    return Value::object({{"events", Value::list(std::move(events))},
                          {"cursor", Value::integer(to)},
                          {"more", Value::boolean(to < kRecords)}});
}

/// One poll, which the process lives through or not.
void poll(PollRig& rig, std::int64_t from, std::int64_t size, Dies dies) {
    if (dies == Dies::asked) return rig.crash();
    rig.sources.finish(page(from, size));
    if (dies == Dies::told) return rig.crash();
    (void)rig.rig.store().complete_one();
    if (dies == Dies::written) return rig.crash();
    rig.rig.settle();
    if (dies == Dies::committed) return rig.crash();
    rig.pass(1s);
    if (dies == Dies::later) return rig.crash();
    rig.pass(2min);
}

TEST(PollsCrash, LoseAndDoubleNoneOfTenThousandRecordsWhereverTheProcessDies) {
    for (const std::uint64_t seed : {1, 2}) {
        PollRig rig("poll: { every: 60s, limit: 100 }", true);
        SeededRandom random{seed};
        std::set<Dies> died;
        std::size_t polls = 0;
        while (true) {
            ASSERT_LT(polls++, 10'000u);
            ASSERT_FALSE(rig.sources.calls.empty());
            const Value& cursor = rig.sources.calls.back().in("cursor");
            const std::int64_t from = cursor.is_null() ? 0 : cursor.as_integer();
            if (from == kRecords) break;
            const auto size = 1 + static_cast<std::int64_t>(random.unit() * kLimit);
            // Two of three polls go through.
            const double where = random.unit() * 3;
            const Dies dies = where < 2 ? Dies::never : static_cast<Dies>((where - 2) * kDeaths);
            died.insert(dies);
            poll(rig, from, std::min(size, kLimit), dies);
        }
        EXPECT_EQ(died.size(), static_cast<std::size_t>(kDeaths));
        std::vector<int> seen(kRecords + 1);
        for (const auto& [id, rows] : rig.rig.disk.journals)
            for (const auto& entry : rig.rig.journal(id))
                if (const auto* started = std::get_if<run::RunStarted>(&entry.body))
                    ++seen.at(static_cast<std::size_t>(started->event.find("body")->as_integer()));
        EXPECT_EQ(std::count(seen.begin() + 1, seen.end(), 1), kRecords) << "seed " << seed;
        EXPECT_EQ(rig.rig.store().misuse(), "");
    }
}

}  // namespace
}  // namespace tappet::trigger
