#include "plugin/child/doors.hpp"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "plugin/child/limits.hpp"

namespace tappet::plugin::child {
namespace {

Value text(std::string_view v) { return Value::bytes(v); }

/// A reply that is to be bytes.
Result<std::string> bytes_of(const CallOutcome& outcome) {
    if (const auto* failed = std::get_if<CallError>(&outcome)) return error_of(*failed);
    const auto& value = std::get<Value>(outcome);
    if (!value.is(Kind::bytes)) return Error::internal("the engine's answer does not read");
    return std::string(value.as_string());
}

}  // namespace

CallOutcome outcome_of(const Error& error) {
    CallError out;
    out.error.error_class = flow::ErrorClass::unavailable;
    out.error.status = static_cast<int>(error.code);
    out.error.message = error.message;
    return out;
}

Error error_of(const CallError& error) {
    const int code = error.error.status;
    const bool known = code >= 0 && code <= static_cast<int>(ErrorCode::internal);
    return {known ? static_cast<ErrorCode>(code) : ErrorCode::unavailable, error.error.message};
}

/// Empty where it has more values than may cross.
std::string RemoteDoors::written(std::uint64_t number, Door door, Value what) const {
    if (holds_more_than(what, link_->limits().values)) return {};
    Ask message;
    message.number = number;
    message.door = door;
    message.what = std::move(what);
    return child::write(message);
}

std::uint64_t RemoteDoors::ask(Door door, Value what, Replied replied) {
    const std::uint64_t number = ++last_;
    asked_.emplace(number, std::move(replied));
    const std::string bytes = written(number, door, std::move(what));
    if (bytes.empty() || !link_->send(FrameType::ask, bytes)) refuse(number);
    return number;
}

void RemoteDoors::ask_in_turn(Door door, const Value& what, const Replied& replied) {
    const std::uint64_t number = ++last_;
    std::string bytes = written(number, door, what);
    asked_.emplace(number, [this, replied, size = bytes.size()](Value value) {
        --open_;
        open_bytes_ -= size;
        replied(std::move(value));
        send_waiting();
    });
    waiting_.emplace_back(number, std::move(bytes));
    send_waiting();
}

void RemoteDoors::send_waiting() {
    constexpr std::size_t kMost = Limits{}.asked;
    while (!waiting_.empty() && (open_ == 0 || open_bytes_ + waiting_.front().second.size() <= kMost)) {
        const auto [number, bytes] = std::move(waiting_.front());
        waiting_.pop_front();
        ++open_;
        open_bytes_ += bytes.size();
        if (bytes.empty() || !link_->send(FrameType::ask, bytes)) refuse(number);
    }
}

void RemoteDoors::refuse(std::uint64_t number) {
    boost::asio::post(loop_, [this, number] {
        Ask refused;
        refused.number = number;
        refused.what =
            value_of(outcome_of(Error::exhausted("the request is too large to leave the plugin's process")));
        reply(std::move(refused));
    });
}

void RemoteDoors::reply(Ask&& message) {
    const auto found = asked_.find(message.number);
    if (found == asked_.end()) return;
    const Replied replied = std::move(found->second);
    asked_.erase(found);
    replied(std::move(message.what));
}

CallOutcome RemoteDoors::wait_for(Door door, Value what) {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Value> answer;
    boost::asio::post(loop_, [&, what = std::move(what)] {
        ask_in_turn(door, what, [&](Value value) {
            const std::lock_guard lock(mutex);
            answer = std::move(value);
            wake.notify_one();  // under the lock: the waiter is gone as soon as it can take it
        });
    });
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return answer.has_value(); });
    return call_outcome_of(*answer);
}

http::Client::Ticket RemoteDoors::send(http::ClientRequest request, http::Client::Done done) {
    return ask(Door::http, value_of(request),
               [done = std::move(done)](const Value& value) { done(http_outcome_of(value)); });
}

void RemoteDoors::cancel(http::Client::Ticket ticket) {
    if (!asked_.contains(ticket)) return;
    link_->send(FrameType::drop, write_number(ticket));
    boost::asio::post(loop_, [this, ticket] {
        http::Failure failed;
        failed.kind = http::Failure::Kind::cancelled;
        failed.message = "the call was cancelled";
        Ask message;
        message.number = ticket;
        message.what = value_of(HttpOutcome(failed));
        reply(std::move(message));
    });
}

Result<std::optional<std::string>> RemoteDoors::get(const std::string& tenant, const std::string&,
                                                    const std::string& key) {
    const CallOutcome outcome = wait_for(Door::state_get, Value::list({text(tenant), text(key)}));
    if (const auto* value = std::get_if<Value>(&outcome); value && value->is_null())
        return std::optional<std::string>();
    auto bytes = bytes_of(outcome);
    if (!bytes) return bytes.error();
    return std::optional<std::string>(std::move(*bytes));
}

Result<void> RemoteDoors::set(const std::string& tenant, const std::string&, const std::string& key,
                              const std::optional<std::string>& value) {
    const CallOutcome outcome = wait_for(
        Door::state_set, Value::list({text(tenant), text(key), value ? text(*value) : Value::null()}));
    if (const auto* failed = std::get_if<CallError>(&outcome)) return error_of(*failed);
    return {};
}

CallOutcome RemoteDoors::get(const ConnectionAsk& ask) {
    return wait_for(Door::connection,
                    Value::list({text(ask.tenant), text(ask.name), Value::boolean(ask.refused)}));
}

Result<std::string> RemoteDoors::write(const RunId& run, const std::string& tenant, const std::string& id,
                                       std::string_view bytes) {
    return bytes_of(
        wait_for(Door::blob_write, Value::list({text(run.view()), text(tenant), text(id), text(bytes)})));
}

Result<std::string> RemoteDoors::read(const RunId& run, const std::string& tenant, const std::string& id,
                                      std::uint64_t offset, std::uint64_t max) {
    return bytes_of(wait_for(Door::blob_read, Value::list({text(run.view()), text(tenant), text(id),
                                                           Value::uint(offset), Value::uint(max)})));
}

void RemoteDoors::record(const std::string&, const MetricUpdate& update) {
    boost::asio::post(loop_,
                      [link = link_, bytes = child::write(update)] { link->send(FrameType::metric, bytes); });
}

}  // namespace tappet::plugin::child
