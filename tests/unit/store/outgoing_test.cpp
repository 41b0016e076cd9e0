// Messages about runs: written with their boundary, tried, listed, purged. On both stores.
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/memory/store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

using namespace std::chrono_literals;

/// A store that can be opened anew over what it kept.
struct Kept {
    virtual ~Kept() = default;
    virtual void reopen() = 0;
    virtual Store& store() = 0;
    virtual Result<Committed> commit(Commit commit) = 0;
};

struct KeptInFile final : Kept {
    KeptInFile() { KeptInFile::reopen(); }
    void reopen() override {
        open.reset();
        SqliteOptions options;
        options.path = folder / "tappet.db";
        auto opened = open_sqlite(options, [this](std::function<void()> work) {
            const std::lock_guard lock(mutex);
            work();
            wake.notify_one();
        });
        open = std::move(*opened);
    }
    Store& store() override { return *open; }
    Result<Committed> commit(Commit commit) override {
        std::optional<Result<Committed>> told;
        commit.done = [&](Result<Committed> result) { told = std::move(result); };
        open->commit(std::move(commit));
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return told.has_value(); });
        return *told;
    }
    test::TemporaryFolder folder;
    std::mutex mutex;
    std::condition_variable wake;
    std::unique_ptr<Store> open;
};

struct KeptInMemory final : Kept {
    void reopen() override { open = std::make_unique<MemoryStore>(disk); }
    Store& store() override { return *open; }
    Result<Committed> commit(Commit commit) override {
        std::optional<Result<Committed>> told;
        commit.done = [&](Result<Committed> result) { told = std::move(result); };
        open->commit(std::move(commit));
        open->complete_all();
        return *told;
    }
    MemoryDisk disk;
    std::unique_ptr<MemoryStore> open = std::make_unique<MemoryStore>(disk);
};

class OutgoingTest : public ::testing::TestWithParam<bool> {
protected:
    OutgoingTest() : ids(clock, random) {
        if (GetParam())
            kept = std::make_unique<KeptInFile>();
        else
            kept = std::make_unique<KeptInMemory>();
    }
    Store& store() { return kept->store(); }
    Commit boundary(const RunId& run, std::uint64_t seq = 0) {
        Commit commit;
        commit.run = commit.row.id = run;
        commit.seq = seq;
        commit.data = "row";
        commit.row.tenant = "acme";
        commit.row.flow = "f";
        commit.row.trigger = "t";
        commit.row.created = run.time();
        return commit;
    }
    OutgoingMessage message(const RunId& run, const OutgoingAddress& to) {
        return {ids.next(), to, 3, run, "run.failed", R"({"type":"run.failed"})", clock.now()};
    }
    /// Messages that were written with the end of a run of their own.
    Uuid written(const OutgoingAddress& to) {
        clock.advance(1ms);
        const RunId run = ids.next();
        Commit commit = boundary(run);
        commit.outgoing.push_back(message(run, to));
        const Uuid id = commit.outgoing.front().id;
        EXPECT_TRUE(kept->commit(std::move(commit)));
        return id;
    }
    std::vector<Uuid> pending(const OutgoingAddress& to, std::size_t limit = 100) {
        std::vector<Uuid> out;
        for (const OutgoingHead& head : store().outgoing_pending(to, limit).value()) out.push_back(head.id);
        return out;
    }
    std::vector<Uuid> list(const OutgoingFilter& filter) {
        std::vector<Uuid> out;
        for (const OutgoingRow& row : store().outgoing_list(filter).value().rows)
            out.push_back(row.message.id);
        return out;
    }
    OutgoingTried failed(const Uuid& id, TimeMs due) {
        OutgoingTried out;
        out.tenant = "acme";
        out.id = id;
        out.state = {OutgoingStatus::pending, 1, due, clock.now(), 503, "status 503"};
        return out;
    }

    ManualClock clock{TimeMs{1'800'000'000'000}};
    SeededRandom random{1};
    IdSource ids;
    std::unique_ptr<Kept> kept;
    const OutgoingAddress billing{"acme", "f", "billing"}, alarm{"acme", "f", "alarm"},
        other{"zeta", "f", "billing"};
};

TEST_P(OutgoingTest, AMessageIsThereWithItsBoundaryAndAfterAStart) {
    const RunId run = ids.next();
    Commit commit = boundary(run);
    commit.outgoing = {message(run, billing), message(run, alarm)};
    const OutgoingMessage first = commit.outgoing.front();
    ASSERT_TRUE(kept->commit(std::move(commit)));
    kept->reopen();
    EXPECT_EQ(pending(billing), std::vector{first.id});
    EXPECT_EQ(pending(alarm).size(), 1u);
    const OutgoingRow row = store().outgoing("acme", first.id).value();
    EXPECT_EQ(row.message.to, billing);
    EXPECT_EQ(row.message.version, 3u);
    EXPECT_EQ(row.message.run, run);
    EXPECT_EQ(row.message.type, "run.failed");
    EXPECT_EQ(row.message.body, first.body);
    OutgoingState fresh;
    fresh.due = first.due;
    EXPECT_EQ(row.state, fresh);
    EXPECT_EQ(store().outgoing("zeta", first.id).error().code, ErrorCode::not_found);
    EXPECT_EQ(store().outgoing("acme", ids.next()).error().code, ErrorCode::not_found);
}

TEST_P(OutgoingTest, ADuplicatesMessageIsNotWritten) {
    DedupeClaim claim;
    claim.now = clock.now();
    claim.expires = clock.now() + 1h;
    for (int i = 0; i < 2; ++i) {
        const RunId run = ids.next();
        Commit commit = boundary(run);
        commit.claim = claim;
        commit.outgoing = {message(run, billing)};
        ASSERT_EQ(kept->commit(std::move(commit)).value().duplicate_of.has_value(), i == 1);
    }
    EXPECT_EQ(pending(billing).size(), 1u);
}

TEST_P(OutgoingTest, PendingOnesComeInTheOrderInWhichTheyAreDue) {
    const Uuid a = written(billing), b = written(billing), c = written(billing), d = written(alarm);
    ASSERT_TRUE(store().outgoing_tried({failed(a, clock.now() + 1h)}));
    EXPECT_EQ(pending(billing), (std::vector{b, c, a}));
    EXPECT_EQ(pending(billing, 2), (std::vector{b, c}));
    EXPECT_EQ(pending(alarm), std::vector{d});
    EXPECT_EQ(store().outgoing_waiting(billing).value(), 3u);
    EXPECT_TRUE(pending({"acme", "f", "nobody"}).empty());
}

TEST_P(OutgoingTest, WhatAnAttemptCameToIsKeptWithItsEndpoint) {
    const Uuid a = written(billing), b = written(billing);
    OutgoingTried tried = failed(a, clock.now() + 5s);
    tried.endpoint = OutgoingEndpoint{billing, clock.now(), {}, ""};
    OutgoingTried done = failed(b, {});
    done.state.status = OutgoingStatus::delivered;
    done.state.error.clear();
    ASSERT_TRUE(store().outgoing_tried({tried, done, failed(ids.next(), {})}));
    kept->reopen();
    EXPECT_EQ(store().outgoing("acme", a).value().state, tried.state);
    EXPECT_EQ(store().outgoing("acme", b).value().state, done.state);
    EXPECT_EQ(pending(billing), std::vector{a});
    EXPECT_EQ(store().outgoing_endpoints("acme").value(), std::vector{*tried.endpoint});
}

TEST_P(OutgoingTest, EndpointsAreThoseThatMessagesWereWrittenFor) {
    written(billing);
    written(alarm);
    written(billing);
    written(other);
    const OutgoingEndpoint disabled{billing, clock.now(), clock.now(), "gone"};
    ASSERT_TRUE(store().save_outgoing_endpoint(disabled));
    ASSERT_TRUE(store().save_outgoing_endpoint({{"acme", "f", "nobody"}, {}, clock.now(), "gone"}));
    kept->reopen();
    const OutgoingEndpoint fresh_alarm{alarm, {}, {}, ""}, fresh_other{other, {}, {}, ""};
    EXPECT_EQ(store().outgoing_endpoints("acme").value(), (std::vector{fresh_alarm, disabled}));
    EXPECT_EQ(store().outgoing_endpoints().value(), (std::vector{fresh_alarm, disabled, fresh_other}));
}

TEST_P(OutgoingTest, ListsAreNewestFirstByPageAndFilter) {
    const Uuid a = written(billing), b = written(alarm), c = written(billing);
    written(other);
    OutgoingTried gone = failed(b, {});
    gone.state.status = OutgoingStatus::failed;
    ASSERT_TRUE(store().outgoing_tried({gone}));
    OutgoingFilter all;
    all.tenant = "acme";
    EXPECT_EQ(list(all), (std::vector{c, b, a}));
    OutgoingFilter page = all;
    page.limit = 2;
    EXPECT_EQ(list(page), (std::vector{c, b}));
    EXPECT_TRUE(store().outgoing_list(page).value().more);
    EXPECT_TRUE(store().outgoing_list(page).value().rows.front().message.body.empty());
    page.after = b;
    EXPECT_EQ(list(page), std::vector{a});
    EXPECT_FALSE(store().outgoing_list(page).value().more);
    OutgoingFilter one = all;
    one.status = OutgoingStatus::failed;
    EXPECT_EQ(list(one), std::vector{b});
    one = all;
    one.run = store().outgoing("acme", c).value().message.run;
    EXPECT_EQ(list(one), std::vector{c});
    one = all;
    one.flow = "g";
    EXPECT_TRUE(list(one).empty());
}

TEST_P(OutgoingTest, PendingOnesOfADisabledAddressAreHeld) {
    const Uuid a = written(billing), b = written(alarm), c = written(billing);
    OutgoingTried done = failed(c, {});
    done.state.status = OutgoingStatus::delivered;
    done.endpoint = OutgoingEndpoint{billing, {}, clock.now(), "gone"};
    ASSERT_TRUE(store().outgoing_tried({done}));
    EXPECT_TRUE(store().outgoing("acme", a).value().held);
    EXPECT_FALSE(store().outgoing("acme", b).value().held);
    EXPECT_FALSE(store().outgoing("acme", c).value().held);
    OutgoingFilter held;
    held.tenant = "acme";
    held.status = OutgoingStatus::pending;
    held.held = true;
    EXPECT_EQ(list(held), std::vector{a});
    held.held = false;
    EXPECT_EQ(list(held), std::vector{b});
}

TEST_P(OutgoingTest, OldOnesAreDeletedButNoneThatWillBeSent) {
    const OutgoingAddress closed{"acme", "pay", "closed"};
    const Uuid open = written(billing);
    const Uuid held = written(closed);
    const Uuid done = written(closed);
    OutgoingTried delivered = failed(done, {});
    delivered.state.status = OutgoingStatus::delivered;
    delivered.endpoint = OutgoingEndpoint{closed, {}, clock.now(), "gone"};
    ASSERT_TRUE(store().outgoing_tried({delivered}));
    clock.advance(1h);
    const Uuid young = written(closed);
    EXPECT_EQ(store().purge_outgoing(clock.now() + -30min).value(), 2u);
    OutgoingFilter all;
    all.tenant = "acme";
    EXPECT_EQ(list(all), (std::vector{young, open}));
    EXPECT_EQ(store().outgoing("acme", held).error().code, ErrorCode::not_found);
}

TEST_P(OutgoingTest, MessagesOfAClockThatWasAheadStandInNobodysWay) {
    clock.advance(24h);
    for (int n = 0; n < 600; ++n) written(billing);  // more than one step of the deletion
    clock.advance(-48h);
    IdSource later(clock, random);
    const RunId run = later.next();
    Commit commit = boundary(run);
    const Uuid id = later.next();
    commit.outgoing = {{id, billing, 3, run, "run.failed", "{}", clock.now()}};
    ASSERT_TRUE(kept->commit(std::move(commit)));
    OutgoingTried given_up = failed(id, {});
    given_up.state.status = OutgoingStatus::failed;
    ASSERT_TRUE(store().outgoing_tried({given_up}));
    EXPECT_EQ(store().purge_outgoing(clock.now() + 1h).value(), 1u);
    EXPECT_EQ(store().outgoing_waiting(billing).value(), 600u);
}

TEST_P(OutgoingTest, NoneIsOlderThanTheTimeOfAClockThatStandsAtItsBeginning) {
    written(billing);
    EXPECT_EQ(store().purge_outgoing(TimeMs{0} + -24h * 7).value(), 0u);
    EXPECT_EQ(store().outgoing_waiting(billing).value(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, OutgoingTest, ::testing::Bool(),
                         [](const auto& stores) { return stores.param ? "Sqlite" : "Memory"; });

TEST(SqliteOutgoing, AFileFromBeforeMessagesGetsThem) {
    KeptInFile kept;
    kept.open->close();
    kept.open.reset();
    {
        auto db =
            sqlite::Connection::open(kept.folder / "tappet.db", sqlite::Connection::Mode::write, 5000ms);
        ASSERT_TRUE(
            (*db)->execute("DROP TABLE outgoing; DROP TABLE outgoing_endpoint; DROP TABLE paused_trigger; "
                           "PRAGMA user_version = 5"));
    }
    kept.reopen();
    EXPECT_TRUE(kept.open->outgoing_endpoints().value().empty());
}

}  // namespace
}  // namespace tappet::store
