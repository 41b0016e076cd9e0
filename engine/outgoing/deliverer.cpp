#include "outgoing/deliverer.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "outgoing/retry_after.hpp"

namespace tappet::outgoing {
namespace {

constexpr std::chrono::seconds kReadAgain{5};   ///< after a read that failed
constexpr std::chrono::seconds kLookAgain{60};  ///< at most, since somebody may set the clock

std::string name_of(const store::OutgoingAddress& address) {
    return address.tenant + "/" + address.flow + "." + address.name;
}

Answer answer_of(const boost::system::result<http::ClientResponse, http::Failure>& came, bool secret_url,
                 TimeMs now) {
    Answer out;
    if (came) {
        out.status = came->status;
        if (const auto asked = came->headers.get("retry-after"))
            out.retry_after = read_retry_after(*asked, now);
    } else {
        out.error =
            secret_url ? "no answer; the reason names the address, which is secret" : came.error().message;
    }
    return out;
}

}  // namespace

Deliverer::Deliverer(boost::asio::io_context& loop, plugin::HttpDoor& door, runtime::Flows& flows,
                     runtime::ConfigVars& vars, store::OutgoingStore& store, const Clock& clock,
                     Random& random, trigger::FindSecret secret, trigger::Offload offload, Options options)
    : door_(door),
      flows_(flows),
      vars_(vars),
      store_(store),
      clock_(clock),
      random_(random),
      secret_(std::move(secret)),
      offload_(std::move(offload)),
      options_(options),
      places_(options.under_way),
      alarms_(loop, clock) {}

std::vector<std::string> Deliverer::reload() {
    std::vector<std::string> problems;
    for (const runtime::FlowHandle& flow : flows_.all()) {
        for (const flow::NotifyPlan& address : flow->plan->notify) {
            store::OutgoingMessage sample;
            sample.to = {flow->tenant, flow->plan->flow, address.id};
            const auto letter = write_letter(sample, *flow, address, vars_, secret_, clock_.now());
            if (!letter)
                problems.push_back(name_of(sample.to) + " is sent nothing: " + letter.error().message);
        }
    }
    for (const std::string& problem : problems) log::warn("outgoing: {}", problem);
    return problems;
}

void Deliverer::start() {
    using Read = Result<std::vector<store::OutgoingEndpoint>>;
    const auto read = std::make_shared<Read>(std::vector<store::OutgoingEndpoint>());
    offload_([&store = store_, read] { *read = store.outgoing_endpoints(); },
             [this, read, alive = alive_] {
                 if (!*alive) return;
                 if (!*read) {
                     log::error("outgoing: what waits cannot be read: {}", read->error().message);
                     alarms_.after(kReadAgain, [this] { start(); });
                     return;
                 }
                 ready_ = true;
                 for (store::OutgoingEndpoint& kept : **read) {
                     Endpoint& endpoint = at(kept.address);
                     endpoint.kept = std::move(kept);
                     endpoint.queue.look_again();
                 }
                 for (const auto& [address, endpoint] : endpoints_) go_on(address);
             });
}

Deliverer::Endpoint& Deliverer::at(const store::OutgoingAddress& address) {
    const auto [found, fresh] = endpoints_.try_emplace(address, options_.held);
    if (fresh) found->second.kept.address = address;
    return found->second;
}

void Deliverer::written(const store::OutgoingAddress& to, const Uuid& id) {
    Endpoint& endpoint = at(to);
    if (!ready_) return endpoint.queue.look_again();
    endpoint.queue.add({id, std::min(id.time(), clock_.now())});
    go_on(to);
}

/// Whether the address would begin an attempt, were there a place.
bool Deliverer::has_turn(const Endpoint& endpoint) const {
    if (stopped_ || endpoint.kept.disabled.ms != 0) return false;
    // Who fails takes one place, however many messages wait: it may need the whole time limit for each.
    const std::size_t places = endpoint.kept.failing_since.ms != 0 ? 1 : options_.per_address;
    const auto due = endpoint.queue.next_due();
    return endpoint.queue.under_way() < places && due && *due <= clock_.now();
}

/// Begins what is due, as far as there are places, and sees to it that the rest has its turn.
void Deliverer::go_on(const store::OutgoingAddress& address) {
    const Endpoint& endpoint = at(address);
    if (stopped_ || !ready_ || endpoint.kept.disabled.ms != 0) return;
    if (has_turn(endpoint)) places_.wait(address);
    serve();
    look_ahead(address);
}

void Deliverer::serve() {
    while (const auto next = places_.next()) {
        Endpoint& endpoint = at(*next);
        if (has_turn(endpoint)) {
            places_.take(next->tenant);
            attempt(*next, endpoint.queue.take(clock_.now())->id);
        }
        has_turn(endpoint) ? places_.wait(*next) : look_ahead(*next);
    }
}

void Deliverer::look_ahead(const store::OutgoingAddress& address) {
    Endpoint& endpoint = at(address);
    if (stopped_ || endpoint.kept.disabled.ms != 0) return;
    Queue& queue = endpoint.queue;
    if (queue.wants_page()) return read_page(address);
    // None waits for longer than it may, though the clock was set back since.
    queue.bring_forward(clock_.now() + kLongestAsked);
    const auto due = queue.next_due();
    if (due && *due > clock_.now()) arm(address, *due - clock_.now());
}

void Deliverer::arm(const store::OutgoingAddress& address, std::chrono::milliseconds wait) {
    Endpoint& endpoint = at(address);
    if (endpoint.alarm) alarms_.remove(*endpoint.alarm);
    endpoint.alarm = alarms_.after(std::min<std::chrono::milliseconds>(wait, kLookAgain), [this, address] {
        at(address).alarm.reset();
        go_on(address);
    });
}

void Deliverer::read_page(const store::OutgoingAddress& address) {
    Queue& queue = at(address).queue;
    queue.page_asked();
    const std::size_t size = queue.page_size();
    using Page = Result<std::vector<store::OutgoingHead>>;
    const auto page = std::make_shared<Page>(std::vector<store::OutgoingHead>());
    offload_([&store = store_, address, size, page] { *page = store.outgoing_pending(address, size); },
             [this, address, size, page, alive = alive_] {
                 if (!*alive) return;
                 Queue& asked = at(address).queue;
                 if (*page) {
                     asked.page_read(**page, (*page)->size() < size);
                     return go_on(address);
                 }
                 log::error("outgoing: messages for {} cannot be read: {}", name_of(address),
                            page->error().message);
                 asked.page_failed();
                 arm(address, kReadAgain);
             });
}

void Deliverer::attempt(const store::OutgoingAddress& address, const Uuid& id) {
    const auto row = std::make_shared<Result<store::OutgoingRow>>(store::OutgoingRow());
    offload_([&store = store_, tenant = address.tenant, id, row] { *row = store.outgoing(tenant, id); },
             [this, address, id, row, alive = alive_] {
                 if (!*alive) return;
                 const bool pending = *row && (*row)->state.status == store::OutgoingStatus::pending;
                 const bool open = !stopped_ && at(address).kept.disabled.ms == 0;
                 if (pending && open) return send(**row);
                 Queue& queue = at(address).queue;
                 if (pending)
                     queue.again({id, clock_.now()});
                 else if (*row || row->error().code == ErrorCode::not_found)
                     queue.end(id);  // too old, or delivered while it was read
                 else
                     queue.again({id, clock_.now() + kReadAgain});
                 left(address);
             });
}

void Deliverer::send(const store::OutgoingRow& row) {
    const store::OutgoingMessage& message = row.message;
    const Attempt attempt{message.to, message.id, row.state.attempts, at(message.to).enabled};
    auto letter = write_letter(message, flows_, vars_, secret_, clock_.now());
    if (!letter) {
        Answer none;
        none.error = letter.error().message;
        return tried(attempt, none);
    }
    door_.send(std::move(letter->request),
               [this, attempt, secret_url = letter->secret_url,
                alive = alive_](const boost::system::result<http::ClientResponse, http::Failure>& came) {
                   if (*alive) tried(attempt, answer_of(came, secret_url, clock_.now()));
               });
}

void Deliverer::tried(const Attempt& attempt, const Answer& answer) {
    const store::OutgoingAddress& to = attempt.to;
    Endpoint& endpoint = at(to);
    Tried out;
    out.to = to;
    out.kept.tenant = to.tenant;
    out.kept.id = attempt.id;
    out.kept.state = judge(attempt.attempts, answer, clock_.now(), random_);
    const bool was_disabled = endpoint.kept.disabled.ms != 0;
    const Moment now{clock_.now(), clock_.steady()};
    // Who enables an address knows more than what was sent before.
    const bool counts = attempt.enabled == endpoint.enabled || is_delivered(answer);
    if (counts && judge_endpoint(endpoint.kept, endpoint.failures, answer, now, options_.disable_after))
        out.kept.endpoint = endpoint.kept;
    if (!was_disabled && endpoint.kept.disabled.ms != 0)
        log::warn("outgoing: nothing is sent to {} any more: {}. `tappet outgoing enable` ends that",
                  name_of(to), endpoint.kept.reason);
    if (is_delivered(answer)) {
        ++stats_.delivered;
    } else {
        ++stats_.attempts_failed;
        if (out.kept.state.status == store::OutgoingStatus::failed) ++stats_.given_up;
    }
    results_.push_back(std::move(out));
    record();
}

/// Writes what attempts came to, those that end meanwhile together.
void Deliverer::record() {
    if (recording_ || results_.empty()) return;
    recording_ = true;
    const auto batch = std::make_shared<std::vector<Tried>>(std::exchange(results_, {}));
    const auto written = std::make_shared<Result<void>>();
    offload_(
        [&store = store_, batch, written] {
            std::vector<store::OutgoingTried> kept;
            for (const Tried& one : *batch) kept.push_back(one.kept);
            *written = store.outgoing_tried(kept);
        },
        [this, batch, written, alive = alive_] {
            if (!*alive) return;
            recording_ = false;
            if (!*written && !std::exchange(stopped_, true))
                log::error("outgoing: nothing is sent until the engine is started again: {}",
                           written->error().message);
            recorded(*batch, *written);
            record();
        });
}

void Deliverer::recorded(const std::vector<Tried>& batch, const Result<void>& written) {
    for (const Tried& one : batch) {
        if (one.enabled) {
            one.enabled(written);
            go_on(one.to);
            continue;
        }
        Queue& queue = at(one.to).queue;
        if (one.kept.state.status == store::OutgoingStatus::pending)
            queue.again({one.kept.id, one.kept.state.due});
        else
            queue.end(one.kept.id);
        left(one.to);
    }
}

/// A place is free.
void Deliverer::left(const store::OutgoingAddress& address) {
    places_.leave(address.tenant);
    go_on(address);
    serve();
    check_drained();
}

void Deliverer::stop() {
    stopped_ = true;
    alarms_.clear();
}

void Deliverer::drain(std::chrono::milliseconds limit, std::function<void()> done) {
    stop();
    drained_ = std::move(done);
    alarms_.after(limit, [this] {
        if (drained_) std::exchange(drained_, nullptr)();
    });
    check_drained();
}

void Deliverer::check_drained() {
    if (drained_ && places_.taken() == 0) std::exchange(drained_, nullptr)();
}

void Deliverer::resend(const std::string& tenant, const Uuid& id,
                       std::function<void(Result<store::OutgoingRow>)> done) {
    using Read = Result<store::OutgoingRow>;
    const auto row = std::make_shared<Read>(store::OutgoingRow());
    offload_([&store = store_, tenant, id, row] { *row = store.outgoing(tenant, id); },
             [this, row, done = std::move(done), alive = alive_] {
                 if (!*alive) return;
                 if (!*row) return done(row->error());
                 again(std::move(**row), done);
             });
}

/// Why nobody can ask for anything now.
std::optional<Error> Deliverer::closed() const {
    if (stopped_) return Error::unavailable("nothing is sent any more: the engine is shutting down");
    if (!ready_) return Error::unavailable("what waits to be sent is being read; try again");
    return std::nullopt;
}

/// What it was read as may be old by the time it is claimed: an attempt has ended meanwhile.
void Deliverer::again(store::OutgoingRow row, std::function<void(Result<store::OutgoingRow>)> done) {
    if (auto why = closed()) return done(std::move(*why));
    const auto being_sent = [id = row.message.id] {
        return Error::conflict("message " + id.text() + " is being sent");
    };
    if (!at(row.message.to).queue.claim(row.message.id)) return done(being_sent());
    const auto kept = std::make_shared<store::OutgoingRow>(std::move(row));
    const auto written = std::make_shared<Result<void>>();
    offload_(
        [&store = store_, now = clock_.now(), being_sent, kept, written] {
            const store::OutgoingMessage& of = kept->message;
            const auto read = store.outgoing(of.to.tenant, of.id);
            if (!read) return void(*written = read.error());
            const store::OutgoingState before = std::exchange(kept->state, read->state);
            if (before != read->state) return void(*written = being_sent());
            store::OutgoingState wanted = kept->state;
            wanted.status = store::OutgoingStatus::pending;
            wanted.attempts = 0;
            wanted.due = now;
            *written = store.outgoing_tried({{of.to.tenant, of.id, wanted, std::nullopt}});
            if (*written) kept->state = wanted;
        },
        [this, kept, written, done = std::move(done), alive = alive_] {
            if (!*alive) return;
            Endpoint& endpoint = at(kept->message.to);
            if (kept->state.status == store::OutgoingStatus::pending)
                endpoint.queue.again({kept->message.id, kept->state.due});
            else
                endpoint.queue.end(kept->message.id);
            kept->held = endpoint.kept.disabled.ms != 0;
            done(*written ? Result<store::OutgoingRow>(*kept) : written->error());
            go_on(kept->message.to);
        });
}

void Deliverer::enable(const store::OutgoingAddress& address,
                       std::function<void(Result<store::OutgoingEndpoint>)> done) {
    using Known = Result<std::vector<store::OutgoingEndpoint>>;
    const auto known = std::make_shared<Known>(std::vector<store::OutgoingEndpoint>());
    offload_(
        [&store = store_, tenant = address.tenant, known] { *known = store.outgoing_endpoints(tenant); },
        [this, address, known, done = std::move(done), alive = alive_] {
            if (!*alive) return;
            if (!*known) return done(known->error());
            if (std::ranges::find(**known, address, &store::OutgoingEndpoint::address) == (*known)->end())
                return done(Error::not_found("no message was ever written for " + name_of(address)));
            enable_known(address, done);
        });
}

/// Written behind the attempts that came before it: what they made of the address is older.
void Deliverer::enable_known(const store::OutgoingAddress& address,
                             std::function<void(Result<store::OutgoingEndpoint>)> done) {
    if (auto why = closed()) return done(std::move(*why));
    const store::OutgoingEndpoint enabled{address, {}, {}, {}};
    Endpoint& endpoint = at(address);
    endpoint.kept = enabled;
    endpoint.failures = {};
    ++endpoint.enabled;
    Tried out;
    out.to = address;
    out.kept.tenant = address.tenant;
    out.kept.endpoint = enabled;
    out.enabled = [enabled, done = std::move(done)](const Result<void>& written) {
        if (!written) return done(written.error());
        done(enabled);
    };
    results_.push_back(std::move(out));
    record();
}

Stats Deliverer::stats() const {
    Stats out = stats_;
    out.under_way = places_.taken();
    out.addresses = endpoints_.size();
    for (const auto& [address, endpoint] : endpoints_) {
        out.in_memory += endpoint.queue.waiting() + endpoint.queue.under_way();
        if (endpoint.kept.disabled.ms != 0) ++out.disabled;
    }
    return out;
}

}  // namespace tappet::outgoing
