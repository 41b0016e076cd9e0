#include "plugin/core.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "plugin/library.hpp"
#include "plugin/running.hpp"
#include "plugin/secrets.hpp"
#include "plugin/text_limits.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

/// The call whose action this thread is inside, on the loop; completing it needs no way through the inbox.
struct Inside {
    std::uint64_t id = 0;
    bool completed = false;
};
constinit thread_local Inside inside;

const void* this_thread() {
    static thread_local char mark;
    return &mark;
}

}  // namespace

Core::Core(boost::asio::io_context& io, HttpDoor& door, const Clock& time, Doors doors_given,
           HostOptions given)
    : loop(io),
      options(std::move(given)),
      http_door(door),
      doors(doors_given),
      http(*this, door),
      clock(*this),
      state(*this, doors.state),
      metrics(options.max_series),
      connection(*this, doors.connections),
      blob(*this, doors.blobs),
      metrics_door_(doors.metrics),
      clock_(time),
      loop_thread_(this_thread()),
      workers(options.workers, options.max_queued, [this] { changed(); }) {}

Core::~Core() = default;

bool Core::on_loop() const { return loop_thread_.load(std::memory_order_relaxed) == this_thread(); }

Caller::Ticket Core::refuse(bool at_once, Caller::Done done, CallError why) {
    if (at_once) {
        done(std::move(why));
    } else {
        to_loop([this, done = std::move(done), why = std::move(why)] {
            if (!closing()) done(why);
        });
    }
    return 0;
}

void Core::open(OpenCall& call, const Target& target, Value input, CallContext context, Caller::Done done) {
    call.provider = target.provider;
    call.on_loop = target.at_once();
    call.input = std::move(input);
    call.context = std::move(context);
    call.done = std::move(done);
    tappet_call_info& info = call.info;
    info.size = sizeof info;
    info.call = call.id;
    info.kind = target.kind;
    info.index = target.index;
    info.attempt = call.context.attempt;
    info.input = to_handle(&call.input);
    info.deadline_ms = call.context.deadline ? call.context.deadline->ms : 0;
    std::copy(call.context.run.bytes.begin(), call.context.run.bytes.end(), info.run);
    info.tenant = as_text(call.context.tenant);
    info.flow = as_text(call.context.flow);
    info.step = as_text(call.context.step);
    info.idempotency_key = as_text(call.context.idempotency_key);
    call.lines.store(0, std::memory_order_relaxed);
    call.given.store(false, std::memory_order_relaxed);
    call.blobs.store(false, std::memory_order_relaxed);
    call.waiting.store(call.on_loop ? 0 : call.id, std::memory_order_relaxed);
    call.open.store(call.id);
}

Caller::Ticket Core::start(const Target& target, Value input, CallContext context, Caller::Done done) {
    loop_thread_.store(this_thread(), std::memory_order_relaxed);
    if (options.crash_book)
        if (const auto aside = options.crash_book->quarantined(target.provider->identity()))
            return refuse(target.non_blocking, std::move(done),
                          {quarantine_error(target.provider->identity(), *aside), {}});
    OpenCall* call = calls.allocate();
    if (!call)
        return refuse(
            target.non_blocking, std::move(done),
            call_error(flow::ErrorClass::unavailable, "plugin.busy", "too many plugin calls are under way"));
    open(*call, target, std::move(input), std::move(context), std::move(done));
    const std::uint64_t id = call->id;
    if (!call->on_loop) {
        if (!workers.push([this, id] { run_on_worker(id); })) {
            call->waiting.store(0);
            complete(id, call_error(flow::ErrorClass::unavailable, "plugin.busy",
                                    "every plugin worker is busy and " + std::to_string(options.max_queued) +
                                        " calls wait"));
        }
        return id;
    }
    const Inside outer = std::exchange(inside, Inside{id, false});
    {
        const Running running(call->whose(), &call->context.step);
        call->provider->call(call->info);
    }
    const bool completed = std::exchange(inside, outer).completed;
    if (!completed) return id;
    finish(*call);
    return 0;
}

void Core::run_on_worker(std::uint64_t id) {
    OpenCall* call = calls.find(id);
    std::uint64_t expected = id;
    if (!call->waiting.compare_exchange_strong(expected, 0)) return;  // cancelled meanwhile
    // The call's own place may be used again before the action returns.
    const std::shared_ptr<Provider> provider = call->provider;
    const std::string step = call->context.step;
    const Running running(call->whose(), &step);
    provider->call(call->info);
}

bool Core::complete(std::uint64_t id, CallOutcome outcome) {
    OpenCall* call = calls.find(id);
    std::uint64_t expected = id;
    if (id == 0 || !call || !call->open.compare_exchange_strong(expected, 0)) return false;
    call->outcome = std::move(outcome);
    if (inside.id == id) {
        inside.completed = true;
    } else {
        to_loop([this, call] { finish(*call); });
    }
    return true;
}

bool Core::cancelled(std::uint64_t id) const {
    const OpenCall* call = calls.find(id);
    return !call || call->open.load() != id || call->cancel.load();
}

void Core::finish(OpenCall& call) {
    if (!grace_.empty()) grace_.erase(call.id);
    CallOutcome outcome = std::move(call.outcome);
    call.outcome = CallOutcome();
    Caller::Done done = std::move(call.done);
    call.done = nullptr;
    const Value known = told(call);  // somebody may look at the call's own still
    if (call.given.load()) connection.forget(call.id);
    if (call.blobs.load()) blob.forget(call.id);
    calls.release(&call);
    if (!done) return;
    if (known.holds_secret()) {
        const KnownSecrets secrets(known);
        if (auto* failed = std::get_if<CallError>(&outcome)) {
            failed->error.message = secrets.redact(failed->error.message);
            failed->error.code = secrets.redact(failed->error.code);
        } else if (!secrets.empty()) {
            outcome = secrets.mark(std::get<Value>(outcome));
        }
    }
    if (auto* failed =
            std::get_if<CallError>(&outcome)) {  // redacted before: a part of a secret is not found
        make_utf8(failed->error.message);
        make_utf8(failed->error.code);
        shorten(failed->error.message, kMaxErrorText);
        shorten(failed->error.code, kMaxErrorCode);
    }
    if (!closing()) done(std::move(outcome));
}

void Core::cancel(std::uint64_t id) {
    OpenCall* call = calls.find(id);
    if (id == 0 || !call || call->open.load() != id || call->cancel.exchange(true)) return;
    std::uint64_t expected = id;
    if (call->waiting.compare_exchange_strong(expected, 0)) {
        complete(id, call_error(flow::ErrorClass::cancelled, "", "cancelled before it began"));
        return;
    }
    const Whose whose = call->whose();
    auto& timer = grace_.try_emplace(id, loop, options.cancel_grace).first->second;
    timer.async_wait([weak = weak_from_this(), id](const boost::system::error_code& failed) {
        if (failed) return;
        if (const auto core = weak.lock()) core->give_up(id);
    });
    {
        const Running running(whose);
        call->provider->cancel(id);
    }
    http.cancel_call(id);
    clock.cancel_call(id);
}

bool Core::under_way(std::uint64_t id) const {
    const OpenCall* call = calls.find(id);
    return call && call->open.load() == id;
}

void Core::give_up(std::uint64_t id) {
    grace_.erase(id);
    OpenCall* call = calls.find(id);
    if (call->open.load() != id) return;  // completed; its finish is in the inbox
    // The action may still look at its input: the place stays taken until it completes.
    Caller::Done done = std::move(call->done);
    call->done = nullptr;
    if (!call->provider->returns_at_once())  // else its process is ended for it, by who says so
        log::warn("plugin {}: {} did not stop when it was asked to; it goes on without effect",
                  call->provider->identity().name, place_of(call->context));
    if (done) done(call_error(flow::ErrorClass::cancelled, "", "cancelled; the action did not stop in time"));
}

void Core::to_loop(std::function<void()> f) {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(f));
    changed_ = true;
    wake_.notify_all();  // under the lock: close() may end the core as soon as it can take it
    if (posted_ || closing()) return;
    posted_ = true;
    boost::asio::post(loop, [weak = weak_from_this()] {
        if (const auto core = weak.lock()) core->run_inbox();
    });
}

void Core::run_inbox() {
    loop_thread_.store(this_thread(), std::memory_order_relaxed);
    std::vector<std::function<void()>> batch;
    {
        const std::lock_guard lock(mutex_);
        batch.swap(inbox_);
        posted_ = false;
    }
    for (auto& f : batch) f();
}

void Core::deliver(const Whose& whose, const std::function<void()>& f) {
    {
        const Running running(whose);
        f();
    }
    run_inbox();
}

void Core::changed() {
    const std::lock_guard lock(mutex_);
    changed_ = true;
    wake_.notify_all();
}

TimeMs Core::now() const {
    const std::shared_lock lock(outside_);
    return left_ ? SystemClock().now() : clock_.now();
}

std::chrono::nanoseconds Core::steady() const {
    const std::shared_lock lock(outside_);
    return left_ ? SystemClock().steady() : clock_.steady();
}

bool Core::record(const std::string& plugin, const MetricUpdate& update) {
    if (!metrics.record(plugin, update)) return false;
    if (!metrics_door_) return true;
    const std::shared_lock lock(outside_);
    if (!left_) metrics_door_->record(plugin, update);
    return true;
}

Value Core::told(const OpenCall& call) const {
    if (!call.given.load()) return call.input;
    std::vector<Value> all = connection.given(call.id);
    all.push_back(call.input);
    return Value::list(std::move(all));
}

void Core::leave(bool at_rest) {
    const std::unique_lock lock(outside_);
    left_ = true;
    at_rest_ = at_rest;
}

void Core::write_log(LogLine line) const {
    const std::shared_lock lock(outside_);
    const bool of_call = !line.run.is_nil();
    if (left_ && (of_call || !at_rest_)) return;
    if (options.log && (of_call || options.all_lines)) return options.log(std::move(line));
    const auto level = static_cast<log::Level>(line.level);
    if (!log::enabled(level)) return;
    std::string whose = "plugin " + line.plugin;
    if (of_call) whose += ": run " + line.run.text() + " step " + line.step;
    if (!of_call && !line.step.empty()) whose += ", trigger " + line.step + " of flow " + line.flow;
    log::write(level, whose + ": " + line.message);
}

bool Core::close() {
    if (closing_.exchange(true)) return closed_;
    closed_ = end_calls();
    leave(closed_);
    return closed_;
}

bool Core::end_calls() {
    loop_thread_.store(this_thread(), std::memory_order_relaxed);
    std::vector<std::uint64_t> open;
    calls.for_each([&](OpenCall& call) { open.push_back(call.id); });
    for (const std::uint64_t id : open) {
        OpenCall* call = calls.find(id);
        // One of another process would answer on this loop, which waits here; its process is ended by who
        // owns it.
        if (call->provider && call->provider->returns_at_once())
            complete(id, call_error(flow::ErrorClass::cancelled, "", "the engine stops"));
        else
            cancel(id);
    }
    const auto deadline = std::chrono::steady_clock::now() + options.cancel_grace;
    while (true) {
        http.fail_all();
        clock.fail_all();
        run_inbox();
        std::unique_lock lock(mutex_);
        if (!inbox_.empty()) continue;
        lock.unlock();
        if (calls.size() == 0 && http.empty() && clock.empty() && workers.idle()) return true;
        lock.lock();
        if (!wake_.wait_until(lock, deadline, [this] { return changed_; })) return false;
        changed_ = false;
    }
}

}  // namespace tappet::plugin
