// Refused requests, in both stores.
#include <gtest/gtest.h>

#include <memory>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/memory/store.hpp"
#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

struct Place {
    const test::TemporaryFolder folder;
    MemoryDisk disk;
};
using Open = std::unique_ptr<Store> (*)(Place&);

std::unique_ptr<Store> open_file(Place& place) {
    SqliteOptions options;
    options.path = place.folder / "tappet.db";
    auto opened = open_sqlite(options, [](std::function<void()> work) { work(); });
    return opened ? std::move(*opened) : nullptr;
}
std::unique_ptr<Store> open_memory(Place& place) { return std::make_unique<MemoryStore>(place.disk); }

class RejectedTest : public ::testing::TestWithParam<Open> {
protected:
    RejectedTest() : store(GetParam()(place)) {}

    Rejected request(const std::string& flow, int status = 401, const std::string& trigger = "t",
                     const std::string& tenant = "default") {
        clock.advance(std::chrono::milliseconds(1));
        return {ids.next(), tenant, flow, trigger, clock.now(), status, "verification", "{\"n\":1}"};
    }
    void add(std::vector<Rejected> requests, std::size_t keep = 100) {
        RejectedBatch batch;
        batch.requests = std::move(requests);
        batch.keep = keep;
        ASSERT_TRUE(store->add_rejected(batch));
    }
    void count(const std::string& flow, std::uint64_t count) {
        RejectedBatch batch;
        batch.unkept.push_back({"default", flow, "t", count, clock.now()});
        ASSERT_TRUE(store->add_rejected(batch));
    }
    RejectedPage page(RejectedFilter filter = {}) {
        if (filter.tenant.empty()) filter.tenant = "default";
        const auto found = store->rejected(filter);
        EXPECT_TRUE(found.has_value());
        return found ? *found : RejectedPage{};
    }

    Place place;
    ManualClock clock;
    SeededRandom random{3};
    IdSource ids{clock, random};
    std::unique_ptr<Store> store;
};

TEST_P(RejectedTest, ComeBackAsTheyWereNewestFirstAlsoAfterAStart) {
    const Rejected first = request("a"), second = request("b", 422);
    add({first, second});
    store->close();
    store = GetParam()(place);
    EXPECT_EQ(page().rows, (std::vector{second, first}));
    EXPECT_FALSE(page().more);
    EXPECT_EQ(store->rejected_one("default", first.id).value(), first);
}

TEST_P(RejectedTest, AreFilteredAndPaged) {
    const Rejected a = request("a"), b = request("a", 422, "u"), c = request("b", 422);
    add({a, b, c});
    EXPECT_EQ(page({.tenant = "", .flow = "a"}).rows, (std::vector{b, a}));
    EXPECT_EQ(page({.tenant = "", .flow = "a", .trigger = "t"}).rows, (std::vector{a}));
    EXPECT_EQ(page({.tenant = "", .trigger = "t"}).rows, (std::vector{c, a}));
    EXPECT_EQ(page({.tenant = "", .status = 422}).rows, (std::vector{c, b}));
    EXPECT_TRUE(page({.tenant = "", .flow = "none"}).rows.empty());
    const auto first = page({.tenant = "", .limit = 2});
    EXPECT_EQ(first.rows, (std::vector{c, b}));
    EXPECT_TRUE(first.more);
    const auto rest = page({.tenant = "", .after = b.id, .limit = 2});
    EXPECT_EQ(rest.rows, (std::vector{a}));
    EXPECT_FALSE(rest.more);
}

TEST_P(RejectedTest, OfEachTriggerTheNewestStayAndTheOthersAreCounted) {
    const Rejected first = request("a"), other = request("a", 401, "u");
    add({first, other}, 2);
    const Rejected second = request("a"), third = request("a"), fourth = request("a");
    add({second, third, fourth}, 2);
    EXPECT_EQ(page().rows, (std::vector{fourth, third, other}));
    EXPECT_EQ(page().unkept, 2u);
    EXPECT_EQ(page({.tenant = "", .flow = "a", .trigger = "u"}).unkept, 0u);
    count("a", 5'310);
    EXPECT_EQ(page({.tenant = "", .flow = "a", .trigger = "t"}).unkept, 5'312u);
}

TEST_P(RejectedTest, OfAnotherTenantLookMissing) {
    const Rejected theirs = request("a", 401, "t", "acme");
    add({theirs});
    EXPECT_TRUE(page().rows.empty());
    EXPECT_EQ(store->rejected_one("default", theirs.id).error().code, ErrorCode::not_found);
    EXPECT_EQ(page({.tenant = "acme"}).rows, (std::vector{theirs}));
    EXPECT_TRUE(page({.tenant = "nobody"}).rows.empty());
}

TEST_P(RejectedTest, OfAFlowAreRemovedWithTheirCount) {
    const Rejected a = request("a"), b = request("b");
    add({a, b});
    count("a", 3);
    count("b", 4);
    ASSERT_TRUE(store->remove_rejected("default", "a"));
    EXPECT_EQ(page().rows, (std::vector{b}));
    EXPECT_EQ(page().unkept, 4u);
}

TEST_P(RejectedTest, ArePurgedByAge) {
    std::vector<Rejected> old;
    for (int i = 0; i < 1'100; ++i) old.push_back(request("a"));  // more than one step takes
    add(old, 5'000);
    count("a", 3);
    clock.advance(std::chrono::milliseconds(10));
    const TimeMs then = clock.now();
    const Rejected kept = request("b");
    add({kept});
    count("b", 2);
    EXPECT_EQ(store->purge_rejected(then).value(), 1'100u);
    EXPECT_EQ(page().rows, (std::vector{kept}));
    EXPECT_EQ(page().unkept, 2u);
}

INSTANTIATE_TEST_SUITE_P(Stores, RejectedTest, ::testing::Values(&open_file, &open_memory),
                         [](const auto& of) { return of.index == 0 ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace tappet::store
