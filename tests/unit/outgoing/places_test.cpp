// Places that tenants share.
#include "outgoing/places.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace tappet::outgoing {
namespace {

store::OutgoingAddress address(const std::string& tenant, const std::string& name = "a") {
    return {tenant, "f", name};
}

/// Takes places for whose turn it is, each waiting again at once; gives the tenants.
std::vector<std::string> fill(Places& places, std::size_t most = 1'000) {
    std::vector<std::string> out;
    while (out.size() < most) {
        const auto next = places.next();
        if (!next) break;
        places.take(next->tenant);
        places.wait(*next);
        out.push_back(next->tenant);
    }
    return out;
}

TEST(Places, OneTenantAloneHasAFourthOfThem) {
    Places places(512);
    places.wait(address("a"));
    EXPECT_EQ(fill(places).size(), 128u);
}

TEST(Places, SomeAreLeftForTheNextTenantHoweverManyHangThere) {
    Places places(512);
    for (int i = 0; i < 250; ++i) {
        const std::string tenant = "t" + std::to_string(i);
        places.wait(address(tenant));
        EXPECT_THAT(fill(places), ::testing::Contains(tenant));
    }
    EXPECT_LT(places.taken(), 512u);
}

TEST(Places, ThereIsABoundOfAll) {
    Places places(16);
    for (int i = 0; i < 30; ++i) places.wait(address("t" + std::to_string(i)));
    EXPECT_EQ(fill(places).size(), 16u);
}

TEST(Places, TenantsTakeTurns) {
    Places places(38);
    for (const char* tenant : {"a", "b", "c"})
        for (const char* name : {"1", "2", "3"}) places.wait(address(tenant, name));
    EXPECT_THAT(fill(places, 9), ::testing::ElementsAre("a", "b", "c", "a", "b", "c", "a", "b", "c"));
}

TEST(Places, AddressesOfOneTenantTakeTurns) {
    Places places(100);
    std::vector<std::string> names;
    for (const char* name : {"1", "2"}) places.wait(address("a", name));
    places.wait(address("a", "1"));  // it waits already
    for (int i = 0; i < 4; ++i) {
        const auto next = places.next();
        ASSERT_TRUE(next);
        names.push_back(next->name);
        places.wait(*next);
    }
    EXPECT_THAT(names, ::testing::ElementsAre("1", "2", "1", "2"));
}

TEST(Places, WhoHasItsShareGetsNoMoreUntilItLeaves) {
    Places places(8);
    places.wait(address("a"));
    EXPECT_EQ(fill(places).size(), 2u);
    places.wait(address("b"));
    EXPECT_THAT(fill(places), ::testing::ElementsAre("b"));
    places.leave("a");
    EXPECT_THAT(fill(places), ::testing::ElementsAre("a")) << "in turn, and b would have as many as are free";
}

TEST(Places, NobodyGetsOneThatIsNotThere) {
    Places places(0);
    places.wait(address("a"));
    EXPECT_FALSE(places.next());
    EXPECT_FALSE(Places(1).next()) << "nobody waits";
}

}  // namespace
}  // namespace tappet::outgoing
