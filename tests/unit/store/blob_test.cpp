#include <gtest/gtest.h>

#include <future>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

/// A store whose commits are told on the writer's own thread.
struct BlobTest : ::testing::Test {
    BlobTest() : ids(clock, random) { reopen(); }

    void reopen() {
        store.reset();
        SqliteOptions options;
        options.path = folder / "tappet.db";
        auto opened = open_sqlite(options, [](std::function<void()> work) { work(); });
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store = std::move(*opened);
    }
    RunId run(run::RunStatus status) {
        Commit commit;
        commit.run = commit.row.id = ids.next();
        commit.data = "a";
        commit.row.tenant = "default";
        commit.row.flow = "f";
        commit.row.trigger = "t";
        commit.row.status = status;
        commit.row.created = commit.run.time();
        if (run::is_final(status)) commit.row.finished = clock.now();
        const RunId id = commit.run;
        std::promise<bool> done;
        commit.done = [&](const Result<Committed>& result) { done.set_value(result.has_value()); };
        store->commit(std::move(commit));
        EXPECT_TRUE(done.get_future().get());
        return id;
    }
    Result<void> append(const RunId& of, const std::string& id, std::string_view bytes, bool begins = false) {
        BlobPart part;
        part.run = of;
        part.id = id;
        part.begins = begins;
        part.bytes = bytes;
        return store->blob_append(part, limits);
    }
    std::string read(const RunId& of, const std::string& id, std::uint64_t offset = 0,
                     std::uint64_t max = 1u << 30) {
        const auto bytes = store->blob_read(of, id, offset, max);
        return bytes ? *bytes : "error: " + bytes.error().message;
    }
    std::int64_t rows(const std::string& table) {
        auto db = sqlite::Connection::open(folder / "tappet.db", sqlite::Connection::Mode::read,
                                           std::chrono::milliseconds(5000));
        return (*db)->number("SELECT count(*) FROM " + table).value();
    }

    test::TemporaryFolder folder;
    ManualClock clock{TimeMs{1'700'000'000'000}};
    SeededRandom random{1};
    IdSource ids;
    BlobLimits limits;
    std::unique_ptr<Store> store;
};

TEST_F(BlobTest, ABlobIsWhatWasAppendedAlsoAfterARestart) {
    const RunId of = run(run::RunStatus::running);
    ASSERT_TRUE(append(of, "b", "one ", true));
    ASSERT_TRUE(append(of, "b", std::string_view("t\0wo", 4)));
    reopen();
    EXPECT_EQ(read(of, "b"), std::string("one t\0wo", 8));
    ASSERT_TRUE(append(of, "b", "!"));
    EXPECT_EQ(read(of, "b"), std::string("one t\0wo!", 9));
}

TEST_F(BlobTest, APartIsReadFromAnyPlace) {
    const RunId of = run(run::RunStatus::running);
    std::string whole;
    for (int i = 0; i < 300'000; ++i) whole += std::to_string(i);  // longer than one row
    ASSERT_TRUE(append(of, "b", std::string_view(whole).substr(0, 10), true));
    ASSERT_TRUE(append(of, "b", std::string_view(whole).substr(10)));
    EXPECT_TRUE(read(of, "b") == whole);
    for (const std::uint64_t offset : {0u, 9u, 10u, 11u, (1u << 20) + 9u, (1u << 20) + 10u, (1u << 20) + 11u})
        for (const std::uint64_t max : {1u, 2u, 3'000u, (1u << 20) + 1u})
            EXPECT_TRUE(read(of, "b", offset, max) == whole.substr(offset, max)) << offset << " " << max;
    EXPECT_EQ(read(of, "b", whole.size() - 2, 10), whole.substr(whole.size() - 2));
    EXPECT_EQ(read(of, "b", whole.size(), 10), "");
    EXPECT_EQ(read(of, "b", ~0ull, ~0ull), "");
    EXPECT_TRUE(read(of, "b", 1, ~0ull) == whole.substr(1));
    EXPECT_EQ(read(of, "b", 0, 0), "");
}

TEST_F(BlobTest, AnEmptyBlobIsOne) {
    const RunId of = run(run::RunStatus::running);
    ASSERT_TRUE(append(of, "b", "", true));
    EXPECT_EQ(read(of, "b"), "");
    ASSERT_TRUE(append(of, "b", "x"));
    EXPECT_EQ(read(of, "b"), "x");
}

TEST_F(BlobTest, AnotherRunsBlobIsNotThere) {
    const RunId of = run(run::RunStatus::running), other = run(run::RunStatus::running);
    ASSERT_TRUE(append(of, "b", "x", true));
    EXPECT_EQ(store->blob_read(other, "b", 0, 1).error().code, ErrorCode::not_found);
    EXPECT_EQ(append(other, "b", "y").error().code, ErrorCode::not_found);
    EXPECT_EQ(append(of, "c", "y").error().code, ErrorCode::not_found);
    EXPECT_EQ(append(of, "b", "y", true).error().code, ErrorCode::not_found) << "it has begun already";
    EXPECT_EQ(read(of, "b"), "x");
}

TEST_F(BlobTest, ABlobAndARunHaveTheirLimits) {
    limits.blob = 10;
    limits.run = 3 * kBlobPartBytes + 20;
    const RunId of = run(run::RunStatus::running);
    ASSERT_TRUE(append(of, "b", "0123456789", true));
    const auto over = append(of, "b", "0");
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::exhausted);
    EXPECT_EQ(over.error().message, "the blob would have 11 bytes; the most is 10 (limits.blob)");
    ASSERT_TRUE(append(of, "c", "0123456789", true));
    const auto full = append(of, "d", "0", true);
    ASSERT_FALSE(full);
    EXPECT_NE(full.error().message.find("limits.runBlobs"), std::string::npos) << full.error().message;
    EXPECT_EQ(store->blob_read(of, "d", 0, 1).error().code, ErrorCode::not_found);
    EXPECT_TRUE(append(run(run::RunStatus::running), "d", "0", true)) << "another run has room of its own";
    EXPECT_FALSE(store->refusing()) << "a limit is no fault of the disk";
}

TEST_F(BlobTest, BlobsGoWithTheirRun) {
    const RunId ended = run(run::RunStatus::succeeded), open = run(run::RunStatus::running);
    for (const RunId& of : {ended, open}) ASSERT_TRUE(append(of, "b", "x", true));
    const std::string long_one(70u << 20, 'x');  // more rows than one step of a purge takes
    limits.blob = 80u << 20;
    ASSERT_TRUE(append(ended, "long", long_one, true));
    clock.advance(std::chrono::milliseconds(10'000));
    ASSERT_TRUE(store->runs({.tenant = "default"}).has_value());  // the list is written
    ASSERT_EQ(store->purge(clock.now(), clock.now())->second, 1u);
    EXPECT_EQ(store->blob_read(ended, "b", 0, 1).error().code, ErrorCode::not_found);
    EXPECT_EQ(read(open, "b"), "x");
    EXPECT_EQ(rows("blob"), 1);
    EXPECT_EQ(rows("blob_use"), 1);
}

TEST_F(BlobTest, WhatWasWrittenForARunThatIsGoneIsDeletedToo) {
    ASSERT_TRUE(append(ids.next(), "b", "x", true));
    clock.advance(std::chrono::milliseconds(10'000));
    ASSERT_TRUE(store->purge(clock.now(), clock.now()));
    EXPECT_EQ(rows("blob"), 0);
    EXPECT_EQ(rows("blob_use"), 0);
}

TEST_F(BlobTest, AFileFromBeforeBlobsGetsThem) {
    const RunId of = run(run::RunStatus::running);
    store->close();
    store.reset();
    {
        auto db = sqlite::Connection::open(folder / "tappet.db", sqlite::Connection::Mode::write,
                                           std::chrono::milliseconds(5000));
        ASSERT_TRUE(
            (*db)->execute("DROP TABLE blob; DROP TABLE blob_use; DROP TABLE poll_cursor; DROP TABLE plugin; "
                           "DROP TABLE rejected; DROP TABLE rejected_unkept; "
                           "DROP TABLE outgoing; DROP TABLE outgoing_endpoint; "
                           "DROP TABLE paused_trigger; "
                           "PRAGMA user_version = 1"));
    }
    reopen();
    EXPECT_TRUE(store->journal(of));
    ASSERT_TRUE(append(of, "b", "x", true));
    EXPECT_EQ(read(of, "b"), "x");
}

}  // namespace
}  // namespace tappet::store
