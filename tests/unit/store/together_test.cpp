// Boundaries of several runs, and a cursor, in one transaction.
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

class TogetherTest : public ::testing::Test {
protected:
    TogetherTest() : ids(clock, random) { reopen(); }

    void reopen() {
        store.reset();
        SqliteOptions options;
        options.path = folder / "tappet.db";
        auto opened = open_sqlite(options, [this](std::function<void()> work) {
            const std::lock_guard lock(mutex);
            work();
            wake.notify_one();
        });
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store = std::move(*opened);
    }
    Commit boundary(const RunId& run, const std::string& tenant, std::uint64_t seq = 0) {
        Commit commit;
        commit.run = commit.row.id = run;
        commit.seq = seq;
        commit.data = "row " + std::to_string(seq);
        commit.row.tenant = tenant;
        commit.row.flow = "f";
        commit.row.trigger = "t";
        commit.row.status = run::RunStatus::running;
        commit.row.created = run.time();
        commit.done = [this](const Result<Committed>& result) {
            told.push_back(!result                ? "error"
                           : result->duplicate_of ? "of " + result->duplicate_of->text()
                                                  : "written");
        };
        return commit;
    }
    DedupeClaim claim(std::uint8_t key) {
        DedupeClaim out;
        out.key[0] = key;
        out.now = clock.now();
        out.expires = clock.now() + std::chrono::hours(1);
        return out;
    }
    SourceCursor cursor(const std::string& data) {
        return {"default", "f", "t", "crm/new", data, clock.now()};
    }
    /// Queues it; its end is the last that is told.
    void commit(Together together) {
        together.done = [this](const Result<void>& result) { told.push_back(result ? "all" : "none"); };
        store->commit_together(std::move(together));
    }
    std::vector<std::string> told_all(std::size_t count) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return told.size() >= count; });
        return told;
    }
    Commit question(std::uint8_t key) {
        Commit out = boundary(ids.next(), "default");
        out.asks = true;
        out.claim = claim(key);
        return out;
    }
    std::string cursor_now() {
        const auto read = store->cursor("default", "f", "t");
        return read && *read ? (*read)->data : "none";
    }

    test::TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random{3};
    IdSource ids;
    std::mutex mutex;
    std::condition_variable wake;
    std::vector<std::string> told;
    std::unique_ptr<Store> store;
};

using Words = std::vector<std::string>;

TEST_F(TogetherTest, RunsAndTheCursorAreThereAfterARestart) {
    const RunId a = ids.next(), b = ids.next();
    Together both;
    both.commits.push_back(boundary(a, "default"));
    both.commits.push_back(boundary(b, "default"));
    both.cursor = cursor("7");
    commit(std::move(both));
    EXPECT_EQ(told_all(3), (Words{"written", "written", "all"}));
    reopen();
    EXPECT_TRUE(store->journal(a).has_value());
    EXPECT_TRUE(store->journal(b).has_value());
    EXPECT_EQ(cursor_now(), "7");
    EXPECT_EQ(store->cursor("other", "f", "t")->has_value(), false) << "a cursor belongs to its tenant";
}

TEST_F(TogetherTest, ADuplicateLeavesNothingAndKeepsNothingFromTheOthers) {
    const RunId first = ids.next(), again = ids.next(), other = ids.next();
    Together all;
    all.commits.push_back(boundary(first, "default"));
    all.commits.push_back(boundary(again, "default"));
    all.commits.push_back(boundary(other, "default"));
    all.commits[0].claim = all.commits[1].claim = claim(1);
    all.commits[2].claim = claim(2);
    all.cursor = cursor("3");
    commit(std::move(all));
    EXPECT_EQ(told_all(4), (Words{"written", "of " + first.text(), "written", "all"}));
    EXPECT_FALSE(store->journal(again).has_value());
    EXPECT_EQ(cursor_now(), "3");
}

TEST_F(TogetherTest, ACursorAloneIsWrittenAndTheLaterOneWins) {
    for (const char* at : {"1", "2"}) {
        Together alone;
        alone.cursor = cursor(at);
        commit(std::move(alone));
    }
    EXPECT_EQ(told_all(2), (Words{"all", "all"}));
    EXPECT_EQ(cursor_now(), "2");
}

TEST_F(TogetherTest, RunsOfSeveralTenantsComeBeforeTheirOwnNextRows) {
    for (int round = 0; round < 50; ++round) {
        const RunId a = ids.next(), b = ids.next();
        Together both;
        both.commits.push_back(boundary(a, "alpha"));
        both.commits.push_back(boundary(b, "beta"));
        commit(std::move(both));
        store->commit(boundary(b, "beta", 1));
        store->commit(boundary(a, "alpha", 1));
        told_all(5);
        {
            auto db = sqlite::Connection::open(folder / "tappet.db", sqlite::Connection::Mode::read,
                                               std::chrono::milliseconds(5000));
            const auto swapped = (*db)->number(
                "SELECT count(*) FROM journal x JOIN journal y ON x.run = y.run AND x.seq < y.seq AND x.n > "
                "y.n");
            EXPECT_EQ(swapped.value(), 0);
        }
        const std::lock_guard lock(mutex);
        told.clear();
    }
}

TEST_F(TogetherTest, NothingOfItIsThereWhenOneRowCannotBeWritten) {
    const RunId a = ids.next(), b = ids.next();
    Together both;
    both.commits.push_back(boundary(a, "default"));
    both.commits.push_back(boundary(b, "default"));
    both.commits.push_back(boundary(b, "default"));  // a second row 0
    both.cursor = cursor("9");
    commit(std::move(both));
    EXPECT_EQ(told_all(4), (Words{"error", "error", "error", "none"}));
    EXPECT_TRUE(store->refusing().has_value());
    reopen();
    EXPECT_FALSE(store->journal(a).has_value());
    EXPECT_EQ(cursor_now(), "none");
}

TEST_F(TogetherTest, IsRefusedByAStoreThatIsClosed) {
    store->close();
    Together both;
    both.commits.push_back(boundary(ids.next(), "default"));
    both.cursor = cursor("9");
    commit(std::move(both));
    EXPECT_EQ(told_all(2), (Words{"error", "none"}));
}

TEST_F(TogetherTest, WhoseAnEventIsCanBeAskedAndNothingIsWritten) {
    const RunId run = ids.next();
    Commit begins = boundary(run, "default");
    begins.claim = claim(1);
    store->commit(std::move(begins));
    Together together;
    for (const std::uint8_t key : {1, 2, 2}) together.commits.push_back(question(key));
    commit(std::move(together));
    const std::string its = "of " + run.text();
    EXPECT_EQ(told_all(5), (std::vector<std::string>{"written", its, "written", "written", "all"}));
    EXPECT_EQ(store->runs({.tenant = "default"})->rows.size(), 1u);
    clock.advance(std::chrono::hours(2));
    store->commit(question(1));
    EXPECT_EQ(told_all(6).back(), "written") << "its claim has expired";
}

}  // namespace
}  // namespace tappet::store
