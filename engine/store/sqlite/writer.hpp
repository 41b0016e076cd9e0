#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/dedupe.hpp"
#include "store/sqlite/names.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/outgoing.hpp"
#include "store/sqlite/projection.hpp"

namespace tappet::store::sqlite {

/// The one thread that writes and checkpoints, with the one connection that does. It commits as soon as there
/// is anything to commit; what comes meanwhile is the next transaction. Where the last one held several
/// boundaries it waits a little for as many again: those whom the last one answered are about to come back,
/// and half of them now would leave the other half for one more sync. After a failed write or sync it
/// refuses everything (P9).
class Writer {
public:
    using Post = std::function<void(std::function<void()>)>;
    Writer(std::unique_ptr<Connection> db, SqliteOptions options, Post post);
    /// Begins to work; fails when what the process before left behind can't be read. Once.
    Result<void> start();
    ~Writer();  ///< without close(): finishes the transaction under way and no more, as a crash would

    void commit(Commit commit);
    void commit_together(Together together);
    void project(RunRow row);
    /// Runs something in a transaction of its own on the writer's thread, and waits for it. `flush`: the
    /// projection is written with it.
    Result<void> run(const std::function<Result<void>(Connection&, Names&)>& job, bool flush = false);
    void close();

    std::optional<std::string> refusing() const;
    StoreStats stats() const;

private:
    /// What a transaction holds whole: a boundary, or several and a cursor; then the boundary is empty.
    struct Unit : Commit {
        std::shared_ptr<Together> together;
        std::size_t boundaries() const { return together ? together->commits.size() : 1; }
        std::uint64_t bytes() const;
        /// Whose turn it takes; nothing where it is for several tenants.
        const std::string* tenant() const;
        template <class Each>
        void each(const Each& each_of) {
            if (!together) return each_of(static_cast<Commit&>(*this));
            for (Commit& commit : together->commits) each_of(commit);
        }
    };
    struct Job {
        const std::function<Result<void>(Connection&, Names&)>* work;
        bool flush;
        std::promise<Result<void>> done;
    };
    /// What callers hand over, under the mutex.
    struct Inbox {
        std::vector<Unit> commits;
        std::vector<RunRow> rows;
        std::vector<Job*> jobs;
        bool empty() const { return commits.empty() && rows.empty() && jobs.empty(); }
    };
    using Owners = std::vector<std::optional<RunId>>;  ///< for each commit, whose its event is

    void loop();
    void wait(std::unique_lock<std::mutex>& lock);
    void gather(std::unique_lock<std::mutex>& lock);
    void sort(Inbox& inbox);
    void queue(Unit unit);
    std::vector<Unit> next_batch();
    void commit_batch(std::vector<Unit> batch);
    Result<void> write_batch(std::vector<Unit>& batch, Owners& owners, bool project);
    Result<std::optional<RunId>> write_boundary(Commit& commit, std::string& runs);
    void tell(std::vector<Unit> batch, Owners owners);
    std::optional<RunId> refused_for(const RunId& run) const;
    void refuse_run(const RunId& run, const RunId& owner);
    Result<void> transaction(const std::function<Result<void>()>& body);
    void run_job(Job& job);
    void flush_projection();
    bool projection_due() const;
    void fail(const Error& error);
    void fail_commits(std::vector<Unit> commits, const Error& error);
    void finish();

    std::unique_ptr<Connection> db_;
    SqliteOptions options_;
    Post post_;
    Names names_;
    Projection projection_;
    Dedupe dedupe_;
    OutgoingWriter outgoing_;
    /// Runs whose event was another's, and whose: nothing of them is written. The later ones, and a
    /// generation before them, so that what is queued still finds its run when the first is full.
    std::unordered_map<RunId, RunId> refused_, refused_before_;
    std::map<std::string, std::deque<Unit>> queues_;  ///< by tenant
    std::deque<Unit> shared_;  ///< of several tenants: before all, so that their runs' next rows come after
    std::string last_tenant_;
    std::size_t queued_commits_ = 0;
    std::size_t last_batch_ = 0;  ///< boundaries in the last transaction
    std::chrono::steady_clock::time_point projected_{};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Inbox inbox_;
    bool asleep_ = false;
    std::size_t wake_at_ = 1;  ///< commits in the inbox that end the sleep; 1: anything does
    bool stopping_ = false, closing_ = false;
    std::optional<std::string> failure_;

    std::atomic<std::uint64_t> commits_{0}, batches_{0}, failed_{0}, bytes_queued_{0};
    std::atomic<std::size_t> waiting_{0}, backlog_{0}, rows_waiting_{0};
    std::thread thread_;
};

}  // namespace tappet::store::sqlite
