#include "plugin/services/connection.hpp"

#include <utility>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/running.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

CallError failed(flow::ErrorClass error_class, std::string message) {
    CallError out;
    out.error.error_class = error_class;
    out.error.message = std::move(message);
    return out;
}

/// Of a call as the service needs it, while it is open.
struct Asking {
    bool open = false;
    bool on_worker = false;
    Whose whose;
    ConnectionAsk ask;
};

Asking look(const Core& core, std::uint64_t call) {
    Asking out;
    const Pin open(core.calls, call);
    if (!open) return out;
    out.open = true;
    out.on_worker = !open->on_loop;
    out.whose = open->whose();
    out.ask.tenant = open->context.tenant;
    out.ask.name = open->context.connection;
    return out;
}

}  // namespace

ConnectionService::Answer ConnectionService::reach(std::uint64_t call, const std::string& plugin,
                                                   bool refused) {
    Asking asking = look(core_, call);
    if (!asking.open || core_.cancelled(call))
        return failed(flow::ErrorClass::cancelled,
                      asking.open ? "the call was cancelled" : "the call is over");
    if (asking.ask.name.empty()) return failed(flow::ErrorClass::validation, "this step names no connection");
    if (!door_)
        return failed(flow::ErrorClass::validation,
                      "this engine keeps no connections, and so not \"" + asking.ask.name + "\"");
    asking.ask.plugin = plugin;
    asking.ask.refused = refused;
    CallOutcome outcome = core_.reach([&] { return door_->get(asking.ask); },
                                      CallOutcome(failed(flow::ErrorClass::unavailable, "the engine stops")));
    if (auto* error = std::get_if<CallError>(&outcome)) return std::move(*error);
    return keep(call, std::move(std::get<Value>(outcome)));
}

ConnectionService::Answer ConnectionService::keep(std::uint64_t call, Value connection) {
    const std::lock_guard lock(mutex_);
    const Pin open(core_.calls, call);
    if (!open) return failed(flow::ErrorClass::cancelled, "the call is over");
    auto& given = given_[call];
    for (const auto& before : given)
        if (*before == connection) return before;
    if (given.size() == kMaxGiven)
        return failed(flow::ErrorClass::internal, "the call was given " + std::to_string(kMaxGiven) +
                                                      " different credentials, which is the most");
    given.push_back(std::make_shared<const Value>(std::move(connection)));
    auto kept = given.back();
    open->given.store(true);
    // Whoever ends the call forgets what it was given where it sees the mark; else we see that it is over.
    if (open->open.load() != call) {
        given_.erase(call);
        return failed(flow::ErrorClass::cancelled, "the call is over");
    }
    return kept;
}

/// Hands an answer out.
void ConnectionService::tell(const Answer& answer, const Done& done) {
    if (const auto* error = std::get_if<CallError>(&answer)) return done(nullptr, error);
    done(std::get<std::shared_ptr<const Value>>(answer).get(), nullptr);
}

void ConnectionService::now(std::uint64_t call, const std::string& plugin, bool refused, const Done& done) {
    if (core_.on_loop()) {
        const CallError error =
            failed(flow::ErrorClass::internal,
                   "an action that declares nonBlocking must not wait for its connection");
        return done(nullptr, &error);
    }
    tell(reach(call, plugin, refused), done);
}

void ConnectionService::later(std::uint64_t call, std::string plugin, bool refused, Done done) {
    const Asking asking = look(core_, call);
    core_.workers.push_always([this, call, plugin = std::move(plugin), refused, whose = asking.whose,
                               on_worker = asking.on_worker, done = std::move(done)] {
        Answer answer = reach(call, plugin, refused);
        if (on_worker) {
            const Running running(whose);
            return tell(answer, done);
        }
        core_.to_loop([this, whose, answer = std::move(answer), done] {
            core_.deliver(whose, [&] { tell(answer, done); });
        });
    });
}

std::vector<Value> ConnectionService::given(std::uint64_t call) const {
    const std::lock_guard lock(mutex_);
    std::vector<Value> out;
    if (const auto found = given_.find(call); found != given_.end())
        for (const auto& value : found->second) out.push_back(*value);
    return out;
}

void ConnectionService::forget(std::uint64_t call) {
    const std::lock_guard lock(mutex_);
    given_.erase(call);
}

namespace {

ConnectionService::Done into(tappet_connection_done done, void* context) {
    return [done, context](const Value* connection, const CallError* error) {
        if (!error) return done(context, to_handle(connection), nullptr);
        tappet_error out{};
        out.size = sizeof out;
        out.error_class = static_cast<std::uint32_t>(error->error.error_class);
        out.http_status = error->error.status;
        out.retry_after_ms = error->retry_after ? error->retry_after->count() : -1;
        out.code = as_text(error->error.code);
        out.message = as_text(error->error.message);
        done(context, nullptr, &out);
    };
}

void get(const tappet_host* host, uint64_t call, uint32_t how, tappet_connection_done done, void* context) {
    const Face& face = face_of(host);
    face.core->connection.later(call, face.plugin, (how & TAPPET_CONNECTION_REFUSED) != 0,
                                into(done, context));
}
void get_now(const tappet_host* host, uint64_t call, uint32_t how, tappet_connection_done done,
             void* context) {
    const Face& face = face_of(host);
    face.core->connection.now(call, face.plugin, (how & TAPPET_CONNECTION_REFUSED) != 0, into(done, context));
}

constexpr tappet_connection_v1 kTable{sizeof(tappet_connection_v1), get, get_now};

}  // namespace

const tappet_connection_v1& connection_table() { return kTable; }

}  // namespace tappet::plugin
