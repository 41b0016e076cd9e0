#include "store/sqlite/open.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "base/random.hpp"
#include "store/sqlite/check.hpp"
#include "store/sqlite/journal.hpp"
#include "store/sqlite/projection.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

/// Runs what the writer posts, on the test's own thread.
class Loop {
public:
    auto post() {
        return [this](std::function<void()> work) {
            const std::lock_guard lock(mutex_);
            posted_.push_back(std::move(work));
            ready_.notify_one();
        };
    }
    void run_one() {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return !posted_.empty(); });
        auto work = std::move(posted_.front());
        posted_.pop_front();
        lock.unlock();
        work();
    }

private:
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> posted_;
};

class SqliteStoreTest : public ::testing::Test {
protected:
    SqliteStoreTest() : random(1), ids(clock, random) {}

    std::unique_ptr<Store> open() {
        SqliteOptions options;
        options.path = folder / "tappet.db";
        options.dedupe_merge_at = merge_at;
        auto opened = open_sqlite(options, loop.post());
        EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
        return opened ? std::move(*opened) : nullptr;
    }
    Commit boundary(const RunId& run, std::uint64_t seq, const std::string& data,
                    run::RunStatus status = run::RunStatus::running) {
        Commit commit;
        commit.run = run;
        commit.seq = seq;
        commit.data = data;
        commit.row.id = run;
        commit.row.tenant = "default";
        commit.row.flow = "f";
        commit.row.version = 1;
        commit.row.trigger = "t";
        commit.row.status = status;
        commit.row.created = run.time();
        commit.row.labels = {{"team", "blue"}};
        if (run::is_final(status)) commit.row.finished = clock.now();
        return commit;
    }
    Result<Committed> commit(Store& store, Commit given) {
        std::optional<Result<Committed>> outcome;
        given.done = [&](Result<Committed> result) { outcome = std::move(result); };
        store.commit(std::move(given));
        while (!outcome) loop.run_one();
        return *outcome;
    }
    std::vector<RunId> open_ids(Store& store) {
        std::vector<RunId> out;
        EXPECT_TRUE(store.open_runs([&](OpenRun run) { return out.push_back(run.id), true; }).has_value());
        return out;
    }
    static RunFilter all_of(const std::string& tenant) {
        RunFilter filter;
        filter.tenant = tenant;
        return filter;
    }
    static DedupeClaim claim(std::uint8_t key, TimeMs now, TimeMs expires) {
        DedupeClaim out;
        out.key[0] = key;
        out.now = now;
        out.expires = expires;
        return out;
    }

    std::size_t merge_at = 1;  ///< claims before they are merged into the tree
    test::TemporaryFolder folder;
    ManualClock clock;
    SeededRandom random;
    IdSource ids;
    Loop loop;
};

TEST_F(SqliteStoreTest, KeepsAJournalInOrderOverARestart) {
    const RunId run = ids.next();
    {
        auto store = open();
        ASSERT_TRUE(commit(*store, boundary(run, 0, "a")).has_value());
        ASSERT_TRUE(commit(*store, boundary(run, 1, "b")).has_value());
    }
    auto store = open();
    EXPECT_EQ(*store->journal(run), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(store->journal(ids.next()).error().code, ErrorCode::not_found);
}

TEST_F(SqliteStoreTest, FindsOpenRunsThatTheListDoesNotKnowYet) {
    const RunId open_run = ids.next(), ended = ids.next();
    {
        auto store = open();
        ASSERT_TRUE(commit(*store, boundary(open_run, 0, "a")).has_value());
        ASSERT_TRUE(commit(*store, boundary(ended, 0, "a", run::RunStatus::succeeded)).has_value());
    }  // no close: as after a crash
    for (int restart = 0; restart < 3; ++restart) {
        auto store = open();
        EXPECT_TRUE(store->unclean_end());
        const auto found = open_ids(*store);
        EXPECT_NE(std::find(found.begin(), found.end(), open_run), found.end()) << "restart " << restart;
        // A further transaction that writes the projection must not make it forgotten.
        ASSERT_TRUE(commit(*store, boundary(ids.next(), 0, "x", run::RunStatus::succeeded)).has_value());
        ASSERT_TRUE(store->runs(all_of("default")).has_value());
    }
    auto store = open();
    store->project(boundary(ended, 0, "", run::RunStatus::succeeded).row);
    store->project(boundary(open_run, 0, "", run::RunStatus::running).row);
    store->close();
    auto again = open();
    EXPECT_FALSE(again->unclean_end());
    EXPECT_EQ(open_ids(*again), std::vector<RunId>{open_run});
}

TEST_F(SqliteStoreTest, ListsEveryRunThatWasProjectedBefore) {
    auto store = open();
    for (int i = 0; i < 2'000; ++i) store->project(boundary(ids.next(), 0, "", run::RunStatus::running).row);
    RunFilter filter = all_of("default");
    filter.limit = 5'000;
    const auto page = store->runs(filter);
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->rows.size(), 2'000u);
}

TEST_F(SqliteStoreTest, GivesAnEventToOneRunUntilTheClaimExpires) {
    auto store = open();
    const RunId first = ids.next(), second = ids.next(), third = ids.next();
    Commit a = boundary(first, 0, "a");
    a.claim = claim(7, {1000}, {2000});
    EXPECT_FALSE(commit(*store, std::move(a))->duplicate_of.has_value());
    Commit b = boundary(second, 0, "b");
    b.claim = claim(7, {1999}, {3000});
    EXPECT_EQ(commit(*store, std::move(b))->duplicate_of, first);
    EXPECT_FALSE(store->journal(second).has_value());
    EXPECT_EQ(commit(*store, boundary(second, 1, "more"))->duplicate_of, first);
    Commit c = boundary(third, 0, "c");
    c.claim = claim(7, {2000}, {4000});
    EXPECT_FALSE(commit(*store, std::move(c))->duplicate_of.has_value());
    const auto gone = store->purge({5000}, std::nullopt);
    EXPECT_EQ(gone->first, 1u);
}

TEST_F(SqliteStoreTest, PurgesClaimsThatExpiredAndKeepsThoseThatWereMadeAgain) {
    merge_at = 1;
    auto store = open();
    const auto take = [&](std::uint8_t key, TimeMs now, TimeMs expires) {
        Commit given = boundary(ids.next(), 0, "a");
        given.claim = claim(key, now, expires);
        return commit(*store, std::move(given))->duplicate_of.has_value();
    };
    for (int key = 0; key < 20; ++key)
        EXPECT_FALSE(take(static_cast<std::uint8_t>(key), {1000}, {key < 10 ? 2000 : 9000}));
    EXPECT_FALSE(take(3, {2500}, {9000}));
    // What was claimed last is in a log still, and the claim of 3 with it.
    EXPECT_GE(store->purge({3000}, std::nullopt)->first, 8u);
    for (int key = 0; key < 10; ++key)
        EXPECT_EQ(take(static_cast<std::uint8_t>(key), {3000}, {9000}), key == 3) << key;
    for (int key = 10; key < 20; ++key)
        EXPECT_TRUE(take(static_cast<std::uint8_t>(key), {3000}, {9000})) << key;
}

TEST_F(SqliteStoreTest, KnowsEveryClaimWhereverItIsKept) {
    // Claims wander from memory and log into the tree; after each restart, clean or not, all must still be
    // known.
    merge_at = 16;
    std::map<std::uint8_t, RunId> owners;
    for (int restart = 0; restart < 6; ++restart) {
        auto store = open();
        for (int i = 0; i < 40; ++i) {
            const auto key = static_cast<std::uint8_t>(random.next());
            const RunId run = ids.next();
            Commit given = boundary(run, 0, "a");
            given.claim = claim(key, {1000}, {2000});
            const auto done = commit(*store, std::move(given));
            ASSERT_TRUE(done.has_value());
            const auto [known, fresh] = owners.emplace(key, run);
            EXPECT_EQ(done->duplicate_of, fresh ? std::optional<RunId>() : std::optional(known->second));
        }
        if (restart % 2 == 0) store->close();
    }
    EXPECT_GT(owners.size(), 64u);
}

TEST_F(SqliteStoreTest, ListsByFilterWithACursor) {
    auto store = open();
    std::vector<RunId> made;
    for (int i = 0; i < 25; ++i) {
        clock.advance(std::chrono::milliseconds(1000));
        made.push_back(ids.next());
        Commit given =
            boundary(made.back(), 0, "a", i % 5 == 0 ? run::RunStatus::failed : run::RunStatus::succeeded);
        given.row.flow = i % 2 == 0 ? "even" : "odd";
        given.row.labels = {{"n", std::to_string(i % 3)}};
        ASSERT_TRUE(commit(*store, std::move(given)).has_value());
    }
    RunFilter filter = all_of("default");
    filter.limit = 10;
    auto page = store->runs(filter);
    ASSERT_TRUE(page.has_value()) << page.error().message;
    EXPECT_EQ(page->rows.size(), 10u);
    EXPECT_TRUE(page->more);
    EXPECT_EQ(page->rows.front().id, made.back());
    filter.after = page->rows.back().id;
    EXPECT_EQ(store->runs(filter)->rows.front().id, made[14]);
    filter = all_of("default");
    filter.status = {run::RunStatus::failed};
    EXPECT_EQ(store->runs(filter)->rows.size(), 5u);
    filter.flow = "even";
    EXPECT_EQ(store->runs(filter)->rows.size(), 3u);
    filter.label = {"n", "0"};
    EXPECT_EQ(store->runs(filter)->rows.size(), 1u);
    filter = all_of("default");
    filter.label = {"n", "1"};
    EXPECT_EQ(store->runs(filter)->rows.size(), 8u);
    EXPECT_EQ(store->runs(filter)->rows.front().labels,
              (std::vector<std::pair<std::string, std::string>>{{"n", "1"}}));
    filter = all_of("default");
    filter.created_from = made[20].time();
    EXPECT_EQ(store->runs(filter)->rows.size(), 5u);
    filter.created_before = made[22].time();
    EXPECT_EQ(store->runs(filter)->rows.size(), 2u);
    EXPECT_TRUE(store->runs(all_of("another"))->rows.empty());
}

TEST_F(SqliteStoreTest, FindsRunsByTheTimeOfTheirCreationThoughTheirIdsAreMadeBefore) {
    auto store = open();
    Commit given = boundary(ids.next(), 0, "a", run::RunStatus::succeeded);
    const TimeMs created = given.row.created = given.row.id.time() + std::chrono::milliseconds(2);
    ASSERT_TRUE(commit(*store, std::move(given)).has_value());
    RunFilter filter = all_of("default");
    filter.created_from = created;
    EXPECT_EQ(store->runs(filter)->rows.size(), 1u);
    filter.created_from = created + std::chrono::milliseconds(1);
    EXPECT_EQ(store->runs(filter)->rows.size(), 0u);
    filter.created_from = TimeMs{0};
    filter.created_before = created;
    EXPECT_EQ(store->runs(filter)->rows.size(), 0u);
    filter.created_before = created + std::chrono::milliseconds(1);
    EXPECT_EQ(store->runs(filter)->rows.size(), 1u);
}

TEST_F(SqliteStoreTest, PurgesRunsThatEndedBefore) {
    auto store = open();
    const RunId old_run = ids.next();
    ASSERT_TRUE(commit(*store, boundary(old_run, 0, "a", run::RunStatus::succeeded)).has_value());
    const RunId open_run = ids.next();
    ASSERT_TRUE(commit(*store, boundary(open_run, 0, "a")).has_value());
    clock.advance(std::chrono::milliseconds(10'000));
    ASSERT_TRUE(store->runs(all_of("default")).has_value());
    const auto gone = store->purge(clock.now(), clock.now());
    EXPECT_EQ(gone->second, 1u);
    EXPECT_FALSE(store->journal(old_run).has_value());
    EXPECT_TRUE(store->journal(open_run).has_value());
}

/// The files of this process may not grow beyond this while the object lives, as on a full disk.
class FullDisk {
public:
    explicit FullDisk(std::uintmax_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = size;
        ignored_ = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, ignored_);
    }

private:
    rlimit before_{};
    void (*ignored_)(int) = nullptr;
};

TEST_F(SqliteStoreTest, TellsEveryoneWhenTheDiskIsFull) {
    auto store = open();
    const RunId before = ids.next(), lost = ids.next();
    ASSERT_TRUE(commit(*store, boundary(before, 0, "kept")).has_value());
    {
        const FullDisk full(std::filesystem::file_size(folder / "tappet.db-wal"));
        const auto told = commit(*store, boundary(lost, 0, std::string(100'000, 'x')));
        ASSERT_FALSE(told.has_value());
        EXPECT_EQ(told.error().code, ErrorCode::unavailable);
    }
    EXPECT_TRUE(store->refusing().has_value());
    EXPECT_FALSE(commit(*store, boundary(ids.next(), 0, "later")).has_value());
    EXPECT_EQ(store->stats().failed, 1u);
    EXPECT_TRUE(store->journal(before).has_value());
    EXPECT_FALSE(store->journal(lost).has_value());
}

TEST_F(SqliteStoreTest, FindsOpenAndOldRunsWithoutReadingTheOthers) {
    auto store = open();
    for (int i = 0; i < 300; ++i)
        ASSERT_TRUE(commit(*store, boundary(ids.next(), 0, "a", run::RunStatus::succeeded)).has_value());
    const RunId open_run = ids.next();
    ASSERT_TRUE(commit(*store, boundary(open_run, 0, "a")).has_value());
    ASSERT_TRUE(store->runs(all_of("default")).has_value());
    store->close();
    auto db = sqlite::Connection::open(folder / "tappet.db", sqlite::Connection::Mode::write,
                                       std::chrono::milliseconds(1000));
    ASSERT_TRUE(db.has_value());
    EXPECT_EQ(sqlite::find_open_runs(**db)->size(), 1u);
    EXPECT_EQ(sqlite::purge_runs(**db, {1}, 500)->count, 0u);
    int scanned = 0;
    sqlite3_stmt* statement = nullptr;
    while ((statement = sqlite3_next_stmt((*db)->handle(), statement)))
        scanned += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    EXPECT_LT(scanned, 10) << "of the 301 runs only the one that is open was to be read";
}

TEST_F(SqliteStoreTest, ListsByStatusesWhateverTheirOrder) {
    auto store = open();
    const RunId done = ids.next(), failed = ids.next(), open_run = ids.next();
    ASSERT_TRUE(commit(*store, boundary(done, 0, "a", run::RunStatus::succeeded)).has_value());
    ASSERT_TRUE(commit(*store, boundary(failed, 0, "a", run::RunStatus::failed)).has_value());
    ASSERT_TRUE(commit(*store, boundary(open_run, 0, "a")).has_value());
    RunFilter filter = all_of("default");
    filter.status = {run::RunStatus::succeeded, run::RunStatus::failed, run::RunStatus::succeeded};
    EXPECT_EQ(store->runs(filter)->rows.size(), 2u);
    filter.status = {run::RunStatus::failed, run::RunStatus::failed};
    EXPECT_EQ(store->runs(filter)->rows.size(), 1u);
}

TEST_F(SqliteStoreTest, NumbersVersionsOfAFlowByItsSource) {
    auto store = open();
    EXPECT_EQ(*store->save_flow("default", "f", "h1", "one", {1}), 1u);
    EXPECT_EQ(*store->save_flow("default", "f", "h1", "one", {2}), 1u);
    EXPECT_EQ(*store->save_flow("default", "f", "h2", "two", {3}), 2u);
    EXPECT_EQ(*store->save_flow("other", "f", "h2", "two", {3}), 1u);
    EXPECT_EQ(store->flow_version("default", "f", 1)->source, "one");
    EXPECT_EQ(store->flow_version("default", "f", 3).error().code, ErrorCode::not_found);
}

TEST_F(SqliteStoreTest, KeepsVariablesAndStateByTenant) {
    auto store = open();
    ASSERT_TRUE(store->set_var("default", "a", "1").has_value());
    ASSERT_TRUE(store->set_var("other", "a", "2").has_value());
    EXPECT_EQ(*store->vars("default"), (std::vector<std::pair<std::string, std::string>>{{"a", "1"}}));
    ASSERT_TRUE(store->set_var("default", "a", std::nullopt).has_value());
    EXPECT_TRUE(store->vars("default")->empty());
    ASSERT_TRUE(store->state_set("default", "p", "k", std::string("\0x", 2)).has_value());
    EXPECT_EQ(**store->state_get("default", "p", "k"), std::string("\0x", 2));
    EXPECT_FALSE(store->state_get("other", "p", "k")->has_value());
}

TEST_F(SqliteStoreTest, RefusesWhatIsNotItsOwn) {
    {
        std::ofstream(folder / "tappet.db") << "this is no database, but long enough to be looked at as one, "
                                               "which takes a hundred bytes or so";
    }
    SqliteOptions options;
    options.path = folder / "tappet.db";
    auto opened = open_sqlite(options, loop.post());
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::invalid);
    EXPECT_NE(opened.error().message.find("tappet.db"), std::string::npos);
}

TEST_F(SqliteStoreTest, CommitsAfterTheCloseFail) {
    auto store = open();
    store->close();
    EXPECT_EQ(commit(*store, boundary(ids.next(), 0, "a")).error().code, ErrorCode::cancelled);
}

TEST(FolderLock, IsTakenByOneAtATime) {
    test::TemporaryFolder folder;
    auto first = FolderLock::take(folder / "data");
    ASSERT_TRUE(first.has_value());
    auto second = FolderLock::take(folder / "data");
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
    { FolderLock gone = std::move(*first); }
    EXPECT_TRUE(FolderLock::take(folder / "data").has_value());
}

TEST_F(SqliteStoreTest, RemembersItsKeyAndDoesNotOpenWithoutIt) {
    std::vector<std::optional<std::uint32_t>> told;
    Result<std::uint32_t> given = 0xFFFFFFFFu;
    const auto open_with_key = [&] {
        SqliteOptions options;
        options.path = folder / "tappet.db";
        options.key = [&](std::optional<std::uint32_t> remembered) {
            told.push_back(remembered);
            return given;
        };
        return open_sqlite(options, loop.post());
    };
    EXPECT_EQ(key_of_sqlite(folder / "tappet.db").has_value(), false) << "there is no file";
    for (int i = 0; i < 2; ++i) {
        const auto opened = open_with_key();
        ASSERT_TRUE(opened);
        (*opened)->close();
    }
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0], std::nullopt);
    EXPECT_EQ(told[1], 0xFFFFFFFFu);
    EXPECT_EQ(key_of_sqlite(folder / "tappet.db").value(), 0xFFFFFFFFu);
    given = Error::conflict("another key");
    const auto refused = open_with_key();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "another key");
    const auto clean = open();
    EXPECT_FALSE(clean->unclean_end()) << "nothing was changed";
    clean->close();
}

}  // namespace
}  // namespace tappet::store
