#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

using namespace tappet;

namespace {

/// Always the same number: what is left to increase must come from the clock or the counter.
class FixedRandom final : public Random {
public:
    explicit FixedRandom(std::uint64_t value) : value_(value) {}
    std::uint64_t next() override { return value_; }

private:
    std::uint64_t value_;
};

}  // namespace

TEST(IdSource, IncreasesStrictlyWithinOneMillisecond) {
    ManualClock clock;
    SeededRandom random(1);
    IdSource ids(clock, random);
    Uuid last = ids.next();
    for (int i = 0; i < 100'000; ++i) {
        const Uuid next = ids.next();
        ASSERT_LT(last, next) << i;
        last = next;
    }
    EXPECT_EQ(last.time(), clock.now());
}

TEST(IdSource, IncreasesWhenTheClockStepsBack) {
    ManualClock clock(TimeMs{1'700'000'000'000});
    SeededRandom random(2);
    IdSource ids(clock, random);
    const Uuid before = ids.next();
    clock.advance(std::chrono::milliseconds(-5000));
    const Uuid behind = ids.next();
    EXPECT_LT(before, behind);
    EXPECT_EQ(behind.time().ms, 1'700'000'000'000);
    clock.advance(std::chrono::milliseconds(5001));
    const Uuid after = ids.next();
    EXPECT_LT(behind, after);
    EXPECT_EQ(after.time().ms, 1'700'000'000'001);
}

#ifdef NDEBUG  // fifty million ids: a second when optimized
TEST(IdSource, RunsAheadOfTheClockRatherThanRepeatWhenTheCounterOfAMillisecondIsSpent) {
    ManualClock clock(TimeMs{1'700'000'000'000});
    FixedRandom random(0xffffffffffffffffULL);
    IdSource ids(clock, random);
    Uuid last = ids.next();
    bool ahead = false;
    for (int i = 0; i < 51'000'000 && !ahead; ++i) {
        const Uuid next = ids.next();
        if (!(last < next)) FAIL() << "repeats at " << i;
        ahead = next.time().ms > clock.now().ms;
        last = next;
    }
    EXPECT_TRUE(ahead);
    EXPECT_EQ(last.time().ms, 1'700'000'000'001);
}
#endif

TEST(IdSource, MarksVersionSevenAndTheVariantOfRfc9562) {
    ManualClock clock;
    SeededRandom random(3);
    IdSource ids(clock, random);
    for (int i = 0; i < 1000; ++i) {
        const std::string text = ids.next().text();
        EXPECT_EQ(text[14], '7') << text;
        EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
        clock.advance(std::chrono::milliseconds(i % 3));
    }
}

TEST(IdSource, TwoSourcesWithDifferentSeedsDoNotCollide) {
    ManualClock clock;
    SeededRandom one(4), two(5);
    IdSource a(clock, one), b(clock, two);
    std::unordered_set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(a.next());
        seen.insert(b.next());
    }
    EXPECT_EQ(seen.size(), 2000u);
}

TEST(Uuid, TextReadsBack) {
    ManualClock clock;
    SeededRandom random(6);
    IdSource ids(clock, random);
    const Uuid id = ids.next();
    EXPECT_EQ(id.text().size(), 36u);
    EXPECT_EQ(Uuid::parse(id.text()), id);
    EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"),
              Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
}

TEST(Uuid, CarriesTheTimeOfTheExampleInRfc9562) {
    const auto id = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->time().ms, 1645557742000);  // 2022-02-22T19:22:22Z
}

TEST(Uuid, RefusesWhatIsNotTheCanonicalText) {
    for (const char* text : {"", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f",
                             "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                             "017f22e2+79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                             "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, ComesFromExactlySixteenBytes) {
    const std::string raw("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x00", 16);
    const auto id = Uuid::from_bytes(raw);
    ASSERT_TRUE(id);
    EXPECT_EQ(id->view(), raw);
    EXPECT_EQ(id->text(), "01020304-0506-0708-090a-0b0c0d0e0f00");
    EXPECT_FALSE(Uuid::from_bytes(raw.substr(1)));
    EXPECT_FALSE(Uuid::from_bytes(raw + "x"));
}

TEST(Uuid, IsNilUntilItIsSet) {
    EXPECT_TRUE(Uuid{}.is_nil());
    EXPECT_EQ(Uuid{}.text(), "00000000-0000-0000-0000-000000000000");
    EXPECT_FALSE(Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")->is_nil());
}

TEST(SeededRandom, RepeatsFromTheSameSeedAndDiffersFromAnother) {
    SeededRandom a(7), b(7), c(8);
    const auto first = a.next();
    EXPECT_EQ(first, b.next());
    EXPECT_NE(first, c.next());
    EXPECT_NE(first, a.next());
}

TEST(Random, UnitStaysBelowOne) {
    EXPECT_EQ(FixedRandom(0).unit(), 0.0);
    EXPECT_LT(FixedRandom(~0ULL).unit(), 1.0);
    EXPECT_GT(FixedRandom(~0ULL).unit(), 0.999999);
}

TEST(SystemRandom, DoesNotRepeatAcrossItsBuffer) {
    SystemRandom random;
    std::unordered_set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.next());
    EXPECT_EQ(seen.size(), 1000u);
}
