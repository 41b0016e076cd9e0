#include "runtime/runtime.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "expr/binary.hpp"
#include "run/history.hpp"

namespace tappet::runtime {

namespace {

constexpr std::size_t kEntryRest = 256u << 10;  ///< of an entry beside its values: labels, texts of errors
constexpr std::size_t kRowShare = 4;            ///< of a row: what fills it, and an entry's rest, at most

/// A row is full early enough that it holds one more entry whatever the limit of rows is.
Options fitted(Options options) {
    options.full_row_bytes = std::min(options.full_row_bytes, options.max_row_bytes / kRowShare);
    return options;
}

/// What one entry's values may take, so that a row that is just not full holds it still.
std::size_t value_limit(const Options& options) {
    return options.max_row_bytes - options.full_row_bytes -
           std::min(kEntryRest, options.max_row_bytes / kRowShare);
}

}  // namespace

Runtime::Runtime(boost::asio::io_context& loop, store::Store& store, plugin::Caller& caller, Flows& flows,
                 Background& background, const Clock& clock, Random& random, const run::Sealer* sealer,
                 Options options)
    : loop_(loop),
      store_(store),
      caller_(caller),
      flows_(flows),
      background_(background),
      clock_(clock),
      random_(random),
      sealer_(sealer),
      options_(fitted(std::move(options))),
      ids_(clock, random),
      around_{options_.base_url, options_.secret, value_limit(options_), options_.max_crashes},
      alarm_(loop),
      drain_limit_(loop) {
    if (store_.unclean_end()) cautious_until_ = clock_.now() + options_.cautious;
}

Runtime::~Runtime() { *alive_ = false; }

std::optional<Error> Runtime::refusing() const {
    if (storage_error_) return Error::unavailable("storage refuses writes: " + storage_error_->message);
    if (draining_) return Error::unavailable("the engine is shutting down");
    if (runs_.size() >= options_.max_open_runs)
        return Error::exhausted("the queue is full: " + std::to_string(options_.max_open_runs) +
                                " runs are open");
    if (open_bytes() >= options_.max_open_bytes)
        return Error::exhausted("the queue is full: events and results of the open runs take " +
                                std::to_string(open_bytes()) + " bytes, the most is " +
                                std::to_string(options_.max_open_bytes) + " (limits.queueBytes)");
    return std::nullopt;
}

std::optional<Error> Runtime::refusing(std::size_t events) const {
    if (auto why = refusing()) return why;
    if (runs_.empty() || runs_.size() + events <= options_.max_open_runs) return std::nullopt;
    return Error::exhausted("the queue has no room for " + std::to_string(events) +
                            " events: " + std::to_string(runs_.size()) + " of " +
                            std::to_string(options_.max_open_runs) + " runs are open");
}

std::optional<Error> Runtime::oversize(const Start& start) const {
    const std::size_t size = BinaryWriter::size_of(start.event, around_.max_value) +
                             BinaryWriter::size_of(start.config, around_.max_value);
    if (size <= around_.max_value) return std::nullopt;
    return Error::invalid("the event is larger than " + std::to_string(around_.max_value) +
                          " bytes, the most that is kept (limits.row)");
}

void Runtime::start(Start start, OnAccept done) {
    std::optional<Error> why = refusing();
    if (!why) why = oversize(start);
    if (!why) why = find_lane(start);
    if (why) {
        ++stats_.refused;
        return done(std::move(*why));
    }
    if (turns_away(start)) {
        std::vector<Start> one;
        one.push_back(std::move(start));
        return ask_owners(std::move(one), {0}, std::nullopt,
                          [done = std::move(done)](Result<std::vector<Accepted>> result) {
                              result ? done(result->front()) : done(result.error());
                          });
    }
    drive(begin(std::move(start), std::move(done)));
}

LiveRun& Runtime::begin(Start start, OnAccept accept) {
    auto run = std::make_unique<LiveRun>(start.id, sealer_);
    run->flow = std::move(start.flow);
    run->state = std::make_unique<run::RunState>(run->flow->plan);
    run->claim = start.claim;
    run->accept = std::move(accept);
    run::Begin begin;
    begin.start.id = start.id;
    begin.start.tenant = run->flow->tenant;
    begin.start.flow = run->flow->plan->flow;
    begin.start.version = run->flow->version;
    begin.start.trigger = std::move(start.trigger);
    begin.start.event = std::move(start.event);
    begin.start.config = std::move(start.config);
    begin.start.attempt = start.attempt;
    begin.start.synchronous = start.synchronous;
    run->lane = std::move(start.lane);
    begin.start.queued = !take_turn(*run);
    run->inbox.push_back(std::move(begin));
    ++stats_.started;
    return *runs_.emplace(start.id, std::move(run)).first->second;
}

LiveRun* Runtime::find(const RunId& id) {
    const auto found = runs_.find(id);
    return found == runs_.end() ? nullptr : found->second.get();
}

void Runtime::post_event(LiveRun& run, run::Event event) {
    run.inbox.push_back(std::move(event));
    if (!run.driving) drive(run);
}

/// Decides until nothing more can be decided without a commit, then commits.
void Runtime::drive(LiveRun& driven) {
    if (driven.dropped || storage_error_) return;
    guarded(driven.id, [this](LiveRun& run) {
        run.driving = true;
        decide_all(run);
        run.driving = false;
        run.stalled = run.bytes_sent >= options_.max_row_bytes;
        const RunId id = run.id;
        const bool more = !run.inbox.empty() && !run.stalled;
        flush(run);
        if (more)
            boost::asio::post(loop_, [this, id, alive = alive_] {
                LiveRun* again = *alive ? find(id) : nullptr;
                if (again && !again->driving && !again->inbox.empty()) drive(*again);
            });
    });
}

void Runtime::decide_all(LiveRun& run) {
    const run::Moment moment{clock_.now(), random_, around_};
    const bool rides = may_ride();
    std::size_t decisions = 0;
    while (!run.inbox.empty() && decisions++ < options_.max_decisions &&
           run.bytes_sent < options_.max_row_bytes) {
        const run::Event event = std::move(run.inbox.front());
        run.inbox.pop_front();
        run::Decision decision = run::decide(*run.state, event, moment);
        for (const auto& entry : decision.entries) record(run, entry);
        for (const std::string& warning : decision.warnings) {
            record(run, {moment.now, run::Logged{3, "", warning}});
            log::warn("run {}: {}", run.id.text(), warning);
        }
        for (run::Command& command : decision.commands) {
            auto* call_command = std::get_if<run::CallAction>(&command);
            // What has crashed once is on disk before each further call.
            if (call_command && call_command->rides && rides && run.state->crashes == 0)
                call(run, std::move(*call_command));
            else
                run.held.push_back(std::move(command));
        }
    }
}

void Runtime::guarded(const RunId& id, const std::function<void(LiveRun&)>& act) {
    LiveRun* run = find(id);
    if (!run) return;
    const bool inner = run->driving;
    try {
        act(*run);
    } catch (const std::exception& fault) {
        run = find(id);
        if (run && inner)
            run->fault = fault.what();
        else if (run)
            give_up(*run, fault.what());
    }
}

/// A fault of ours with a run: what is committed stays, nothing more is done for the run in this process.
void Runtime::give_up(LiveRun& run, const std::string& why) {
    const RunId id = run.id;
    log::error("run {} is put aside after an internal fault; it is taken up again at the next start: {}",
               id.text(), why);
    ++stats_.put_aside;
    run.dropped = true;
    const OnAccept accept = std::exchange(run.accept, nullptr);
    auto waiters = std::exchange(run.waiters, {});
    const auto enders = std::exchange(run.enders, {});
    end(run);
    const Error told = Error::internal("an internal fault; the engine's log has it under run " + id.text());
    if (accept) accept(told);
    for (auto& [waiter, tell] : waiters) tell(told);
    for (const auto& tell : enders) tell(told);
}

namespace {

/// Why a run cannot be folded, to who waits for it: one that has not ended waits for its plugin and the next
/// start.
Error unfolded(const RunId& id, const Error& why, bool ended) {
    if (why.code != ErrorCode::invalid || ended) return why;
    return Error::unavailable("run " + id.text() + " is not resumed: " + why.message);
}

}  // namespace

Runtime::WaiterId Runtime::await_outcome(const RunId& id, OnOutcome done) {
    const WaiterId waiter = ++last_waiter_;
    if (LiveRun* run = find(id)) {
        if (storage_error_)
            done(Error::unavailable("storage refuses writes: " + storage_error_->message));
        else if (run->answered)  // the run goes on, what it answered is durable
            done(*run->answered);
        else
            run->waiters.emplace_back(waiter, std::move(done));
        return waiter;
    }
    using Rows = Result<std::vector<std::string>>;
    background_.run([this, id]() -> Rows { return store_.journal(id); },
                    [this, id, done = std::move(done), alive = alive_](Rows rows) {
                        if (!*alive) return;
                        if (!rows) return done(rows.error());
                        auto state = fold_journal(id, *rows, flows_, sealer_);
                        if (!state)
                            return done(unfolded(id, state.error(), journal_ends(id, *rows, sealer_)));
                        auto answer = run::answer_of(**state);
                        if (!answer && !run::is_final((*state)->status))
                            return done(Error::unavailable("run " + id.text() +
                                                           " has not ended and is not under way here"));
                        done(Outcome{(*state)->status, std::move(answer), (*state)->error});
                    });
    return waiter;
}

void Runtime::forget(const RunId& id, WaiterId waiter) {
    if (LiveRun* run = find(id))
        std::erase_if(run->waiters, [&](const auto& w) { return w.first == waiter; });
}

void Runtime::cancel(const RunId& id, std::string reason, std::function<void(Result<void>)> done) {
    LiveRun* run = find(id);
    if (!run)
        return done(
            Error::conflict("run " + id.text() + " is not open: it has ended, or there is none of that id"));
    if (auto why = storage_error_) return done(Error::unavailable("storage refuses writes: " + why->message));
    run->enders.emplace_back([done = std::move(done)](Result<Outcome> outcome) {
        if (!outcome) return done(outcome.error());
        if (outcome->status == run::RunStatus::cancelled) return done({});
        done(Error::conflict("the run had ended as " + std::string(run::to_string(outcome->status))));
    });
    post_event(*run, run::CancelRequested{std::move(reason)});
}

void Runtime::log(plugin::LogLine line) {
    if (loop_.get_executor().running_in_this_thread()) return log_here(line);
    boost::asio::post(loop_, [this, line = std::move(line), alive = alive_] {
        if (*alive) log_here(line);
    });
}

void Runtime::log_here(const plugin::LogLine& line) {
    guarded(line.run, [&](LiveRun& run) { keep_line(run, line); });
}

void Runtime::keep_line(LiveRun& run, const plugin::LogLine& line) {
    if (run.dropped || run.fault || run::is_final(run.state->status)) return;
    if (run.log_lines++ < options_.max_log_lines)
        return record(run, {line.time, run::Logged{line.level, line.step, line.message}});
    ++stats_.log_lines_dropped;
    if (run.log_lines != options_.max_log_lines + 1) return;
    const std::string text =
        "further lines are not kept: the limit is " + std::to_string(options_.max_log_lines) + " a run";
    record(run, {clock_.now(), run::Logged{3, line.step, text}});
}

void Runtime::drain(std::chrono::milliseconds limit, std::function<void()> done) {
    draining_ = true;
    drained_ = std::move(done);
    drain_limit_.expires_after(limit);
    drain_limit_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
        if (error || !*alive || !drained_) return;
        log::warn(
            "drain: {} calls have not ended in time; they are made again, with the same keys, at the next "
            "start",
            calls_under_way_);
        std::exchange(drained_, nullptr)();
    });
    check_drained();
}

void Runtime::check_drained() {
    if (!drained_ || calls_under_way_ > 0) return;
    if (!storage_error_)
        for (const auto& [id, run] : runs_)
            if (!run->commits.empty() || !run->inbox.empty()) return;
    drain_limit_.cancel();
    boost::asio::post(loop_, std::exchange(drained_, nullptr));
}

Stats Runtime::stats() const {
    Stats out = stats_;
    out.open = runs_.size();
    out.open_bytes = open_bytes();
    out.calls_under_way = calls_under_way_;
    out.calls_waiting = waiting_calls_.size();
    out.timers = timers_.size();
    out.queued = lanes_.waiting();
    return out;
}

}  // namespace tappet::runtime
