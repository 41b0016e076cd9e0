// Refused requests of many tenants in few places.
#include "trigger/rejected_shares.hpp"

#include <gmock/gmock.h>

#include "base/random.hpp"

namespace tappet::trigger {
namespace {

class RejectedSharesTest : public ::testing::Test {
protected:
    store::Rejected one(const std::string& tenant) {
        store::Rejected out;
        out.id = ids.next();
        out.tenant = tenant;
        return out;
    }
    std::vector<std::string> tenants(std::size_t most) {
        std::vector<std::string> out;
        for (const auto& request : shares.take([&] { return most-- > 0; }).requests)
            out.push_back(request.tenant);
        return out;
    }

    ManualClock clock;
    SeededRandom random{5};
    IdSource ids{clock, random};
    RejectedShares shares{4};
};

TEST_F(RejectedSharesTest, WhoHasFewerPushesOutOneOfHimWhoHasMost) {
    std::vector<Uuid> loud;
    for (int i = 0; i < 4; ++i) {
        auto request = one("loud");
        loud.push_back(request.id);
        EXPECT_FALSE(shares.add(std::move(request)));
    }
    EXPECT_FALSE(shares.has_room("loud"));
    ASSERT_TRUE(shares.has_room("quiet"));
    EXPECT_EQ(shares.add(one("quiet"))->id, loud[3]) << "the newest goes";
    ASSERT_TRUE(shares.has_room("quiet"));
    EXPECT_EQ(shares.add(one("quiet"))->id, loud[2]);
    EXPECT_FALSE(shares.has_room("quiet")) << "both have two";
    EXPECT_TRUE(shares.has_room("third"));
    EXPECT_EQ(shares.size(), 4u);
}

TEST_F(RejectedSharesTest, AreTakenInTurnsAndGivenInOrder) {
    for (int i = 0; i < 3; ++i) (void)shares.add(one("a"));
    (void)shares.add(one("b"));
    EXPECT_THAT(tenants(2), ::testing::ElementsAre("a", "b"));
    EXPECT_EQ(shares.size(), 0u) << "the others are left out";
}

TEST_F(RejectedSharesTest, WhoseTurnItIsGoesOnWithTheNextWrite) {
    std::map<std::string, int> times;
    for (int write = 0; write < 4; ++write) {
        for (const char* tenant : {"a", "b", "c", "d"}) (void)shares.add(one(tenant));
        for (const std::string& tenant : tenants(1)) ++times[tenant];
    }
    EXPECT_EQ(times.size(), 4u);
}

TEST_F(RejectedSharesTest, WithoutPlacesThereIsNoRoom) { EXPECT_FALSE(RejectedShares(0).has_room("a")); }

}  // namespace
}  // namespace tappet::trigger
