#include "store/sqlite/writer.hpp"

#include "base/log.hpp"
#include "store/sqlite/journal.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {
namespace {

constexpr std::size_t kRefusedRemembered = 10'000;
constexpr std::size_t kGatherFrom = 4;   ///< boundaries in the last transaction from which the next one waits
constexpr std::size_t kMergeFactor = 4;  ///< claims merged into the tree for each boundary of a batch

Error refused(const std::string& why) { return Error::unavailable("the store refuses writes: " + why); }

}  // namespace

Writer::Writer(std::unique_ptr<Connection> db, SqliteOptions options, Post post)
    : db_(std::move(db)),
      options_(std::move(options)),
      post_(std::move(post)),
      names_(*db_),
      projection_(*db_, names_),
      dedupe_(*db_, options_.dedupe_merge_at),
      outgoing_(*db_, names_) {}

Result<void> Writer::start() {
    if (auto loaded = projection_.load(); !loaded) return loaded;
    if (auto loaded = dedupe_.load(); !loaded) return loaded;
    thread_ = std::thread([this] { loop(); });
    return {};
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Writer::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

std::uint64_t Writer::Unit::bytes() const {
    if (!together) return Commit::bytes();
    std::uint64_t sum = together->cursor ? together->cursor->data.size() : 0;
    for (const Commit& commit : together->commits) sum += commit.bytes();
    return sum;
}

const std::string* Writer::Unit::tenant() const {
    if (!together) return &row.tenant;
    const std::string* one = together->cursor ? &together->cursor->tenant : nullptr;
    for (const Commit& commit : together->commits) {
        if (one && *one != commit.row.tenant) return nullptr;
        one = &commit.row.tenant;
    }
    return one;
}

void Writer::commit(Commit commit) { queue({std::move(commit), nullptr}); }

void Writer::commit_together(Together together) {
    Unit unit;
    unit.together = std::make_shared<Together>(std::move(together));
    queue(std::move(unit));
}

void Writer::queue(Unit unit) {
    std::unique_lock lock(mutex_);
    if (closing_ || stopping_) {
        lock.unlock();
        std::vector<Unit> late;
        late.push_back(std::move(unit));
        return fail_commits(std::move(late), Error::cancelled("the store is closed"));
    }
    waiting_.fetch_add(1, std::memory_order_relaxed);
    bytes_queued_.fetch_add(unit.bytes(), std::memory_order_relaxed);
    inbox_.commits.push_back(std::move(unit));
    if (asleep_ && inbox_.commits.size() >= wake_at_) wake_.notify_one();
}

void Writer::project(RunRow row) {
    const std::lock_guard lock(mutex_);
    inbox_.rows.push_back(std::move(row));
    ++rows_waiting_;  // counted from here on, so that a list asked for next has it written first
    if (asleep_ && wake_at_ == 1) wake_.notify_one();
}

Result<void> Writer::run(const std::function<Result<void>(Connection&, Names&)>& work, bool flush) {
    Job job{&work, flush, {}};
    auto done = job.done.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (closing_ || stopping_) return Error::cancelled("the store is closed");
        if (failure_) return refused(*failure_);
        inbox_.jobs.push_back(&job);
        if (asleep_) wake_.notify_one();
    }
    return done.get();
}

std::optional<std::string> Writer::refusing() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

StoreStats Writer::stats() const {
    StoreStats out;
    out.commits = commits_;
    out.batches = batches_;
    out.failed = failed_;
    out.queued = waiting_;
    out.bytes_queued = bytes_queued_;
    out.projection_backlog = backlog_ + rows_waiting_;
    return out;
}

bool Writer::projection_due() const {
    if (projection_.empty()) return false;
    return projection_.size() >= options_.projection_backlog ||
           std::chrono::steady_clock::now() - projected_ >= options_.projection_delay;
}

/// Waits until most of as many commits as the last transaction held are there.
void Writer::gather(std::unique_lock<std::mutex>& lock) {
    const std::size_t enough = last_batch_ - last_batch_ / 4;
    if (last_batch_ < kGatherFrom || queued_commits_ >= enough) return;
    wake_at_ = enough - queued_commits_;
    asleep_ = true;
    wake_.wait_for(lock, options_.gather, [this] {
        return inbox_.commits.size() >= wake_at_ || !inbox_.jobs.empty() || stopping_ || closing_;
    });
    asleep_ = false;
    wake_at_ = 1;
}

/// Sleeps until there is something to do, or the projection is due.
void Writer::wait(std::unique_lock<std::mutex>& lock) {
    const auto something = [this] { return !inbox_.empty() || stopping_ || closing_; };
    if (something() || queued_commits_ > 0) return;
    asleep_ = true;
    if (projection_.empty())
        wake_.wait(lock, something);
    else
        wake_.wait_until(lock, projected_ + options_.projection_delay, something);
    asleep_ = false;
}

void Writer::loop() {
    while (true) {
        Inbox inbox;
        bool stop = false, close = false;
        {
            std::unique_lock lock(mutex_);
            wait(lock);
            if (!inbox_.commits.empty() || queued_commits_ > 0) gather(lock);
            std::swap(inbox, inbox_);
            stop = stopping_;
            close = closing_;
        }
        if (stop) {
            for (Job* job : inbox.jobs) job->done.set_value(Error::cancelled("the store is closed"));
            return;
        }
        const bool idle = inbox.empty();
        sort(inbox);
        if (queued_commits_ > 0) commit_batch(next_batch());
        for (Job* job : inbox.jobs) run_job(*job);
        if (idle && projection_due()) flush_projection();
        if (close && queued_commits_ == 0 && idle) return finish();
    }
}

void Writer::sort(Inbox& inbox) {
    for (RunRow& row : inbox.rows) projection_.add(std::move(row));
    backlog_ = projection_.size();
    rows_waiting_ -= inbox.rows.size();
    for (Unit& unit : inbox.commits) {
        const std::string* tenant = unit.tenant();
        auto& queue = tenant ? queues_[*tenant] : shared_;
        queue.push_back(std::move(unit));
        ++queued_commits_;
    }
}

/// Up to max_batch boundaries, but for the last ones that are written together; where there are more, tenants
/// take turns, so that one cannot hold up the others.
std::vector<Writer::Unit> Writer::next_batch() {
    std::vector<Unit> batch;
    batch.reserve(std::min(queued_commits_, options_.max_batch));
    std::size_t boundaries = 0;
    const auto take = [&](std::deque<Unit>& queue) {
        boundaries += std::max<std::size_t>(1, queue.front().boundaries());
        batch.push_back(std::move(queue.front()));
        queue.pop_front();
        --queued_commits_;
    };
    while (!shared_.empty() && boundaries < options_.max_batch) take(shared_);
    auto at = queues_.upper_bound(last_tenant_);
    while (!queues_.empty() && boundaries < options_.max_batch) {
        if (at == queues_.end()) at = queues_.begin();
        const bool alone = queues_.size() == 1;
        do take(at->second);
        while (alone && !at->second.empty() && boundaries < options_.max_batch);
        last_tenant_ = at->first;
        at = at->second.empty() ? queues_.erase(at) : std::next(at);
    }
    return batch;
}

Result<void> Writer::transaction(const std::function<Result<void>()>& body) {
    {
        Query begin = db_->use("BEGIN IMMEDIATE");
        if (!begin.run()) return begin.error();
    }
    auto done = body();
    if (done) {
        Query end = db_->use("COMMIT");
        if (end.run()) return {};
        done = end.error();
    }
    (void)db_->execute("ROLLBACK");
    names_.forget();
    outgoing_.forget();
    return done;
}

void Writer::commit_batch(std::vector<Unit> batch) {
    std::uint64_t bytes = 0;
    for (const Unit& unit : batch) bytes += unit.bytes();
    waiting_.fetch_sub(batch.size(), std::memory_order_relaxed);
    bytes_queued_.fetch_sub(bytes, std::memory_order_relaxed);
    if (const auto why = refusing()) return fail_commits(std::move(batch), refused(*why));
    Owners owners;
    const bool project = projection_due();
    auto written = transaction([&] { return write_batch(batch, owners, project); });
    if (!written) {
        fail(written.error());
        return fail_commits(std::move(batch), refused(written.error().message));
    }
    commits_.fetch_add(batch.size(), std::memory_order_relaxed);
    batches_.fetch_add(1, std::memory_order_relaxed);
    if (project) projected_ = std::chrono::steady_clock::now();
    backlog_ = projection_.size();
    last_batch_ = batch.size();
    tell(std::move(batch), std::move(owners));
}

void Writer::tell(std::vector<Unit> batch, Owners owners) {
    struct Told {
        std::function<void(Result<Committed>)> commit;
        std::function<void(Result<void>)> together;
    };
    std::vector<Told> told;
    told.reserve(owners.size());
    for (Unit& unit : batch) {
        unit.each([&](Commit& commit) { told.push_back({std::move(commit.done), nullptr}); });
        if (unit.together) told.push_back({nullptr, std::move(unit.together->done)});
    }
    post_([told = std::make_shared<decltype(told)>(std::move(told)), owners = std::move(owners)] {
        std::size_t next = 0;
        for (const Told& one : *told) {
            if (one.together)
                one.together({});
            else
                one.commit(Committed{owners[next++]});
        }
    });
}

std::optional<RunId> Writer::refused_for(const RunId& run) const {
    for (const auto* generation : {&refused_, &refused_before_})
        if (const auto known = generation->find(run); known != generation->end()) return known->second;
    return std::nullopt;
}

void Writer::refuse_run(const RunId& run, const RunId& owner) {
    if (refused_.size() >= kRefusedRemembered) refused_before_ = std::exchange(refused_, {});
    refused_.emplace(run, owner);
}

/// Gives whose the event is where it is not this run's: then nothing is written.
Result<std::optional<RunId>> Writer::write_boundary(Commit& commit, std::string& runs) {
    if (commit.asks) return dedupe_.owner(*commit.claim);
    std::optional<RunId> owner = refused_for(commit.run);
    if (!owner && commit.claim) {
        auto claimed = dedupe_.claim(*commit.claim, commit.run);
        if (!claimed) return claimed.error();
        owner = *claimed;
        if (owner) refuse_run(commit.run, *owner);
    }
    if (owner) return owner;
    if (auto appended = append_journal(*db_, commit.run, commit.seq, commit.data); !appended)
        return appended.error();
    for (const OutgoingMessage& message : commit.outgoing)
        if (auto written = outgoing_.write(message); !written) return written.error();
    runs += commit.run.view();
    projection_.add(std::move(commit.row));
    return owner;
}

/// Writes what the commits hold but for their rows in the list, which are added only: whatever fails, the
/// batch keeps what its callers are to be told with.
Result<void> Writer::write_batch(std::vector<Unit>& batch, Owners& owners, bool project) {
    owners.reserve(batch.size());
    std::string runs;
    for (Unit& unit : batch) {
        Result<void> written;
        unit.each([&](Commit& commit) {
            if (!written) return;
            auto owner = write_boundary(commit, runs);
            if (owner)
                owners.push_back(*owner);
            else
                written = owner.error();
        });
        if (written && unit.together && unit.together->cursor)
            written = write_cursor(*db_, names_, *unit.together->cursor);
        if (!written) return written;
    }
    if (auto merged = dedupe_.merge(kMergeFactor * owners.size()); !merged) return merged;
    if (project) return projection_.write();
    return projection_.note_behind(runs);
}

void Writer::run_job(Job& job) {
    if (const auto why = refusing()) return job.done.set_value(refused(*why));
    // A fault of the disk closes the store; a job's own refusal (a conflict, say) is its caller's.
    auto done = transaction([&]() -> Result<void> {
        if (job.flush)
            if (auto written = projection_.write(); !written) return written;
        return (*job.work)(*db_, names_);
    });
    if (done && job.flush) projected_ = std::chrono::steady_clock::now();
    backlog_ = projection_.size();
    if (!done && (done.error().code == ErrorCode::unavailable || done.error().code == ErrorCode::corrupt))
        fail(done.error());
    job.done.set_value(std::move(done));
}

void Writer::flush_projection() {
    if (refusing()) return;
    auto written = transaction([this] { return projection_.write(); });
    projected_ = std::chrono::steady_clock::now();
    backlog_ = projection_.size();
    if (!written) fail(written.error());
}

void Writer::fail(const Error& error) {
    failed_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (failure_) return;
    failure_ = error.message;
    log::error("the store refuses writes from here on: {}", error.message);
}

void Writer::fail_commits(std::vector<Unit> commits, const Error& error) {
    auto failed = std::make_shared<std::vector<Unit>>(std::move(commits));
    post_([failed, error] {
        for (Unit& unit : *failed) {
            unit.each([&](Commit& commit) {
                if (commit.done) commit.done(error);
            });
            if (unit.together) unit.together->done(error);
        }
    });
}

/// Everything is written: the projection too, then the mark of a clean end, then the WAL goes back into the
/// file.
void Writer::finish() {
    if (refusing()) return;
    auto written = transaction([this] { return projection_.write(); });
    if (written) written = mark_closed(*db_);
    if (!written) return fail(written.error());
    sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace tappet::store::sqlite
