// What one transaction of a purge may take, and look at.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "store/sqlite/dedupe.hpp"
#include "store/sqlite/outgoing.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/settings.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store::sqlite {
namespace {

class PurgeTest : public ::testing::Test {
protected:
    PurgeTest() {
        auto opened = Connection::open(path, Connection::Mode::write, std::chrono::milliseconds(1000));
        db = std::move(*opened);
        EXPECT_TRUE(prepare(*db, path, 1000));
        EXPECT_TRUE(db->execute("BEGIN"));  // one sync less for each row
        names.emplace(*db);
        writer.emplace(*db, *names);
    }
    void message(const std::string& tenant, const std::string& body) {
        ASSERT_TRUE(
            writer->write({ids.next(), {tenant, "f", "n"}, 1, ids.next(), "run.failed", body, clock.now()}));
    }
    void all_delivered() { ASSERT_TRUE(db->execute("UPDATE outgoing SET status = 1")); }
    std::int64_t count(const std::string& table) {
        return db->number("SELECT count(*) FROM " + table).value();
    }
    /// Instructions of the database's machine for all statements so far.
    int work() {
        int sum = 0;
        sqlite3_stmt* statement = nullptr;
        while ((statement = sqlite3_next_stmt(db->handle(), statement)))
            sum += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
        return sum;
    }

    test::TemporaryFolder folder;
    std::string path = folder.path() + "/tappet.db";
    ManualClock clock;
    SeededRandom random{3};
    IdSource ids{clock, random};
    std::unique_ptr<Connection> db;
    std::optional<Names> names;
    std::optional<OutgoingWriter> writer;
};

TEST_F(PurgeTest, OfMessagesLooksAtNoneThatStays) {
    for (int i = 0; i < 1'000; ++i) message(i % 2 == 0 ? "acme" : "other", "{}");
    const int before = work();
    MessagePurge purge(clock.now() + -std::chrono::hours(1));
    const auto step = purge.step(*db);
    ASSERT_TRUE(step);
    EXPECT_EQ(step->count, 0u);
    EXPECT_FALSE(step->more);
    EXPECT_LT(work() - before, 500);
}

TEST_F(PurgeTest, OfMessagesGoesFromTenantToTenantInSteps) {
    for (int i = 0; i < 7; ++i) message("acme", "{}");
    for (int i = 0; i < 5; ++i) message("other", "{}");
    all_delivered();
    const TimeMs before = clock.now() + std::chrono::seconds(1);
    clock.advance(std::chrono::hours(1));
    message("acme", "{}");
    MessagePurge purge(before);
    std::vector<std::uint64_t> gone;
    while (true) {
        const auto step = purge.step(*db, {.rows = 4});
        ASSERT_TRUE(step);
        gone.push_back(step->count);
        if (!step->more) break;
    }
    EXPECT_EQ(gone, (std::vector<std::uint64_t>{4, 4, 4, 0}));
    EXPECT_EQ(count("outgoing"), 1);
}

TEST_F(PurgeTest, OfManyTenantsTakesStepsThoughNothingIsOld) {
    for (int i = 0; i < 250; ++i) ASSERT_TRUE(names->tenant("t" + std::to_string(i)));
    MessagePurge purge(clock.now());
    EXPECT_TRUE(purge.step(*db)->more);
    EXPECT_FALSE(purge.step(*db)->more);
}

TEST_F(PurgeTest, OfLongMessagesTakesFewAtOnce) {
    for (int i = 0; i < 5; ++i) message("acme", std::string(200'000, 'x'));
    all_delivered();
    clock.advance(std::chrono::hours(1));
    MessagePurge purge(clock.now());
    EXPECT_EQ(purge.step(*db)->count, 3u);
    EXPECT_EQ(purge.step(*db)->count, 2u);
}

TEST_F(PurgeTest, OfRefusedRequestsTakesFewLongOnesAtOnceAndTheirCountsLast) {
    RejectedBatch batch;
    batch.keep = 100;
    for (int i = 0; i < 5; ++i)
        batch.requests.push_back(
            {ids.next(), "acme", "f", "t", clock.now(), 401, "verification", std::string(200'000, 'x')});
    batch.unkept.push_back({"acme", "f", "t", 9, clock.now()});
    ASSERT_TRUE(write_rejected(*db, *names, batch));
    clock.advance(std::chrono::hours(1));
    const auto first = purge_rejected(*db, clock.now());
    EXPECT_EQ(first->count, 3u);
    EXPECT_TRUE(first->more);
    EXPECT_EQ(count("rejected_unkept"), 1);
    const auto second = purge_rejected(*db, clock.now());
    EXPECT_EQ(second->count, 2u);
    EXPECT_FALSE(second->more);
    EXPECT_EQ(count("rejected_unkept"), 0);
}

TEST_F(PurgeTest, OfDedupeKeysTakesPartOfWhatWasMergedTogether) {
    Dedupe dedupe(*db, 1);
    for (std::uint8_t key = 0; key < 25; ++key) {
        DedupeClaim claim;
        claim.key[1] = key;
        claim.expires = {1000};
        ASSERT_TRUE(dedupe.claim(claim, ids.next()));
    }
    ASSERT_TRUE(dedupe.merge(1'000));
    ASSERT_EQ(count("dedupe_merged"), 1);
    std::vector<std::uint64_t> gone;
    while (true) {
        const auto step = purge_claims(*db, {2000}, 10);
        ASSERT_TRUE(step);
        gone.push_back(step->count);
        if (!step->more) break;
    }
    EXPECT_EQ(gone, (std::vector<std::uint64_t>{10, 10, 5}));
    EXPECT_EQ(count("dedupe") + count("dedupe_merged"), 0);
}

}  // namespace
}  // namespace tappet::store::sqlite
