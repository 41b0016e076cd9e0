#include "plugin/services/http.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <vector>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/running.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

using Kind = http::Failure::Kind;
static_assert(static_cast<int>(Kind::bad_request) + 1 == TAPPET_HTTP_BAD_REQUEST);
static_assert(static_cast<int>(Kind::too_large) + 1 == TAPPET_HTTP_TOO_LARGE);
static_assert(static_cast<int>(Kind::cancelled) + 1 == TAPPET_HTTP_CANCELLED);

http::Failure failure(Kind kind, std::string message) {
    http::Failure out;
    out.kind = kind;
    out.message = std::move(message);
    return out;
}

/// Hands an outcome to a plugin's callback.
void answer(const HttpService::Outcome& outcome, tappet_http_done done, void* context) {
    tappet_http_answer out{};
    out.size = sizeof out;
    std::vector<tappet_header> headers;
    http::Failure failed;  // error() gives a copy, and `out` points into it
    if (outcome) {
        const http::ClientResponse& response = *outcome;
        headers.reserve(response.headers.items().size());
        for (const auto& [name, value] : response.headers.items())
            headers.push_back({as_text(name), as_text(value)});
        out.failure = TAPPET_HTTP_OK;
        out.status = response.status;
        out.headers = headers.data();
        out.header_count = headers.size();
        out.body = as_text(response.body);
        out.url = as_text(response.url);
    } else {
        failed = outcome.error();
        out.failure = static_cast<uint32_t>(failed.kind) + 1;
        out.may_have_arrived = failed.request_may_have_arrived;
        out.message = as_text(failed.message);
    }
    done(context, &out);
}

/// Whether a request has all of version 1.0; a longer one is of a newer header.
bool is_whole(const tappet_http_request& from) {
    return from.size >= offsetof(tappet_http_request, reserved) + sizeof from.reserved;
}

http::ClientRequest read(const tappet_http_request& from) {
    http::ClientRequest out;
    if (!is_whole(from)) return out;
    out.method = from_text(from.method);
    out.url = from_text(from.url);
    for (size_t i = 0; i < from.header_count; ++i)
        out.headers.add(std::string(from_text(from.headers[i].name)),
                        std::string(from_text(from.headers[i].value)));
    out.body = from_text(from.body);
    out.timeout = std::chrono::milliseconds(std::max<int64_t>(from.timeout_ms, 0));
    out.redirects = std::max<int32_t>(from.redirects, 0);
    out.max_body = from.max_body;
    return out;
}

/// Why the engine cannot do what the flags ask for; nothing when it can.
std::optional<http::Failure> refusal(const tappet_http_request& from) {
    if (!is_whole(from))
        return failure(Kind::bad_request, "the request's size is " + std::to_string(from.size) +
                                              ", less than version 1 of the border has");
    const std::uint32_t flags = from.flags;
    if (flags & ~TAPPET_HTTP_AUTHORIZE)
        return failure(Kind::bad_request, "the request asks for what this engine does not know: flags " +
                                              std::to_string(flags & ~TAPPET_HTTP_AUTHORIZE));
    if (flags & TAPPET_HTTP_AUTHORIZE)
        return failure(Kind::bad_request, "the step has no connection to authorize the request with");
    return std::nullopt;
}

}  // namespace

struct HttpService::Waiter {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<Outcome> outcome;
};

void HttpService::add(Request request) {
    if (const Pin open(core_.calls, request.call); open) {
        request.whose = open->whose();
        request.on_worker = !open->on_loop;
        if (open->cancel.load()) request.refused = failure(Kind::cancelled, "the call was cancelled");
        if (open->context.deadline) {
            const auto left = *open->context.deadline - core_.now();
            request.request.timeout = std::min(request.request.timeout, left);
            if (left.count() <= 0 && !request.refused)
                request.refused = failure(Kind::timeout, "the step's time is over");
        }
    } else {
        request.refused = failure(Kind::cancelled, "the call is over");
    }
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++last_;
        requests_.emplace(number, std::move(request));
    }
    core_.changed();
    if (core_.on_loop()) {
        begin(number);
    } else {
        core_.to_loop([this, number] { begin(number); });
    }
}

void HttpService::begin(std::uint64_t number) {
    http::ClientRequest request;
    {
        const std::lock_guard lock(mutex_);
        const auto found = requests_.find(number);
        if (found == requests_.end()) return;
        if (!found->second.refused && core_.cancelled(found->second.call))
            found->second.refused = failure(Kind::cancelled, "the call was cancelled");
        if (found->second.refused) {
            core_.to_loop([this, number, why = *found->second.refused] { finish(number, why); });
            return;
        }
        request = std::move(found->second.request);
    }
    const http::Client::Ticket ticket =
        door_.send(std::move(request), [weak = core_.weak_from_this(), number](Outcome outcome) {
            if (const auto core = weak.lock()) core->http.finish(number, std::move(outcome));
        });
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(number);
    if (found != requests_.end()) found->second.ticket = ticket;
}

void HttpService::finish(std::uint64_t number, Outcome outcome) {
    Request request;
    {
        const std::lock_guard lock(mutex_);
        const auto found = requests_.find(number);
        if (found == requests_.end()) return;
        request = std::move(found->second);
        requests_.erase(found);
    }
    if (request.waiter) {
        const std::lock_guard lock(request.waiter->mutex);
        request.waiter->outcome.emplace(std::move(outcome));
        request.waiter->wake.notify_one();  // under the lock: the waiter is gone as soon as it can take it
    } else if (request.on_worker) {
        core_.workers.push_always(
            [whose = request.whose, outcome = std::move(outcome), done = request.done, to = request.context] {
                const Running running(whose);
                answer(outcome, done, to);
            });
    } else {
        core_.deliver(request.whose, [&] { answer(outcome, request.done, request.context); });
    }
}

void HttpService::send(std::uint64_t call, http::ClientRequest request, std::optional<http::Failure> refused,
                       tappet_http_done done, void* context) {
    Request out;
    out.call = call;
    out.refused = std::move(refused);
    out.request = std::move(request);
    out.done = done;
    out.context = context;
    add(std::move(out));
}

HttpService::Outcome HttpService::fetch(std::uint64_t call, http::ClientRequest request,
                                        std::optional<http::Failure> refused) {
    if (core_.on_loop())
        return failure(Kind::bad_request, "an action that declares nonBlocking must not wait for an answer");
    Waiter waiter;
    Request out;
    out.call = call;
    out.request = std::move(request);
    out.waiter = &waiter;
    out.refused = std::move(refused);
    add(std::move(out));
    std::unique_lock lock(waiter.mutex);
    waiter.wake.wait(lock, [&] { return waiter.outcome.has_value(); });
    return std::move(*waiter.outcome);
}

void HttpService::cancel_call(std::uint64_t call) {
    std::vector<http::Client::Ticket> tickets;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, request] : requests_)
            if (request.call == call && request.ticket != 0) tickets.push_back(request.ticket);
    }
    for (const auto ticket : tickets) door_.cancel(ticket);
}

void HttpService::fail_all() {
    std::vector<std::pair<std::uint64_t, http::Client::Ticket>> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, request] : requests_) all.emplace_back(number, request.ticket);
    }
    for (const auto& [number, ticket] : all) {
        if (ticket != 0) door_.cancel(ticket);
        finish(number, failure(Kind::cancelled, "the engine stops"));
    }
}

bool HttpService::empty() const {
    const std::lock_guard lock(mutex_);
    return requests_.empty();
}

namespace {

void send(const tappet_host* host, uint64_t call, const tappet_http_request* request, tappet_http_done done,
          void* context) {
    face_of(host).core->http.send(call, read(*request), refusal(*request), done, context);
}
void fetch(const tappet_host* host, uint64_t call, const tappet_http_request* request, tappet_http_done done,
           void* context) {
    answer(face_of(host).core->http.fetch(call, read(*request), refusal(*request)), done, context);
}

constexpr tappet_http_v1 kTable{sizeof(tappet_http_v1), send, fetch};

}  // namespace

const tappet_http_v1& http_table() { return kTable; }

}  // namespace tappet::plugin
