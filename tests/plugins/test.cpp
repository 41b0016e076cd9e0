// Actions that behave in every way a plugin can: for tests of the engine, its benches and its crash tests.
#include <tappet/plugin.hpp>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

using namespace tappet::sdk;

/// The input with one more field.
Json add_field(const Context&, View input) {
    if (!input.is_map()) return Json::object({{"value", input}, {"added", 1}});
    Json out = Json::object_like(input);
    out.set("added", 1);
    return out;
}

Json effect(const Context& context, View) {
    return Json::object({{"key", context.idempotency_key()},
                         {"attempt", context.attempt()},
                         {"step", context.step()},
                         {"run", context.run()}});
}

Json echo(const Context&, View input) { return Json(input); }

/// { class, code, message, status, retryAfterMs }; without a class it throws what is no Error.
Json fail(const Context&, View input) {
    if (!input["class"]) throw std::runtime_error(std::string(input["message"].string_or("not an Error")));
    Error error(static_cast<ErrorClass>(input["class"].integer()),
                std::string(input["message"].string_or("failed")));
    error.code(std::string(input["code"].string_or("")))
        .status(static_cast<int>(input["status"].integer_or(0)));
    error.retry_after_ms(input["retryAfterMs"].integer_or(-1));
    throw error;
}

/// Waits until it is asked to stop.
void wait_for_stop(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
}

/// Completes on a thread of its own: at once, or with { untilCancelled: true } when it is cancelled.
void slow(Call call) {
    const std::stop_token stop = call.context().stop_token();
    const bool wait = call.input()["untilCancelled"].boolean_or(false);
    // A Call is completed before its plugin is destroyed, so that the thread cannot outlive what it uses.
    std::thread([call = std::move(call), stop, wait]() mutable {
        if (!wait) return call.succeed(Json::object({{"slow", true}}));
        wait_for_stop(stop);
        call.fail(Error::cancelled("stopped"));
    }).detach();
}

/// Holds a worker until it is cancelled.
Json block(const Context& context, View) {
    wait_for_stop(context.stop_token());
    throw Error::cancelled("stopped");
}

/// Completes twice, the second time with another result.
void twice(Call call) {
    Instance& instance = call.context().instance();
    const std::uint64_t id = call.context().call();
    call.succeed(Json("first"));
    instance.succeed(id, Json("second"));
}

/// Completes with a result that is not finished; that the Call then completes too has no effect.
void malformed(Call call) {
    const tappet_host* host = call.context().instance().host;
    tappet_builder* builder = host->builders->create(host);
    host->builders->begin_map(builder);
    host->succeed(host, call.context().call(), builder);
}

[[noreturn]] Json crash(const Context&, View) { std::abort(); }

Json log(const Context& context, View input) {
    context.warn(input["message"].string());
    return Json();
}

/// Sends a GET to { url } and yields { status, body }.
Task<Json> request(Context context, View input) {
    HttpRequest get("GET", std::string(input["url"].string()));
    HttpResponse response = co_await context.http().send(std::move(get));
    if (!response.answered()) throw response.error();
    Json out = Json::object({{"status", response.status}, {"body", response.body}});
    co_return out;
}

/// The same on a worker, waiting.
Json fetch(const Context& context, View input) {
    const HttpResponse response =
        context.http().fetch(HttpRequest("GET", std::string(input["url"].string())));
    if (!response.answered()) throw response.error();
    return Json::object({{"status", response.status}, {"body", response.body}});
}

/// Counts calls in its state.
Task<Json> count(Context context, View) {
    const std::optional<std::string> before = co_await context.state().get("count");
    const std::string after = std::to_string(before ? std::stoi(*before) + 1 : 1);
    co_await context.state().set("count", after);
    co_return Json(after);
}

Json count_now(const Context& context, View) {
    const std::optional<std::string> before = context.state().get_now("count");
    const std::string after = std::to_string(before ? std::stoi(*before) + 1 : 1);
    context.state().set_now("count", after);
    return Json(after);
}

void define(Plugin& plugin) {
    plugin.named("test", "0.0.1");
    plugin.action("pure", add_field).title("Adds a field").pure().non_blocking();
    plugin.action("effect", effect).title("An effect that returns at once").non_blocking();
    plugin.action("echo", echo)
        .input(R"({"type":"object","properties":{"times":{"type":"integer","default":1}}})")
        .pure()
        .non_blocking();
    plugin.action("fail", fail).non_blocking();
    plugin.action("slow", slow).non_blocking();
    plugin.action("block", block);
    plugin.action("twice", twice).non_blocking();
    plugin.action("malformed", malformed).non_blocking();
    plugin.action("crash", crash).non_blocking();
    plugin.action("log", log).non_blocking();
    plugin.action("request", request).non_blocking();
    plugin.action("fetch", fetch);
    plugin.action("count", count).non_blocking();
    plugin.action("count-now", count_now);
    plugin.action("count-worker", count);
    plugin.trigger("event", "webhook").title("An event").body(R"({"type":"object"})");
}

}  // namespace

TAPPET_PLUGIN(define)
