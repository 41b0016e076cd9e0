// Actions that behave in every way a plugin can: for tests of the engine, its benches and its crash tests.
#include <tappet/plugin.hpp>

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <iomanip>  // names of the standard library, found by its types, must not get in the SDK's way
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

std::int64_t sum_of(View value) {
    switch (value.kind()) {
        case Kind::map: {
            std::int64_t out = 0;
            for (std::size_t i = 0; i < value.size(); ++i)
                out += static_cast<std::int64_t>(value.key_at(i).size()) + sum_of(value.at(i));
            return out;
        }
        case Kind::list: {
            std::int64_t out = 0;
            for (std::size_t i = 0; i < value.size(); ++i) out += sum_of(value.at(i));
            return out;
        }
        case Kind::string: {
            const std::string_view text = value.string();
            return static_cast<std::int64_t>(text.size()) + (text.empty() ? 0 : text.back());
        }
        case Kind::integer:
            return value.integer() % 7;
        default:
            return 0;
    }
}

/// Looks at every value once.
Json walk(const Context&, View input) { return Json::object({{"sum", sum_of(input)}}); }

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

/// Holds a worker for as long as its state can be reached, whoever asks it to stop; says on the pipe of
/// { fd } when it has begun and when it ends.
Json stubborn(const Context& context, View input) {
    const auto say = [fd = static_cast<int>(input["fd"].integer())](char c) {
        return ::write(fd, &c, 1) == 1;
    };
    say('b');
    try {
        while (true) context.state().get_now("key");
    } catch (const Error& error) {
        context.warn("no state");
        const bool has_time = context.now_ms() > 0;
        say(has_time ? 'e' : '0');
        throw;
    }
}

/// Completes on one thread while another logs.
void chatter(Call call) {
    const Instance& instance = call.context().instance();
    std::atomic<bool> begun{false};
    std::thread talks([&, id = call.context().call()] {  // a Context ends with its call, a number does not
        for (int i = 0; i < 50; ++i) {
            instance.log->write(instance.host, id, TAPPET_WARN, to_text("line"));
            begun.store(true);
        }
    });
    while (!begun.load()) std::this_thread::yield();
    call.succeed(Json());
    talks.join();
}

/// Fails with a message and a code of { bytes }.
Json fail_at_length(const Context&, View input) {
    const auto bytes = static_cast<std::size_t>(input["bytes"].integer());
    throw Error::upstream(std::string(bytes, 'x')).code(std::string(bytes, 'y'));
}

/// Logs { lines } lines of { bytes }, and one of no call.
Json log_much(const Context& context, View input) {
    const std::string line(static_cast<std::size_t>(input["bytes"].integer()), 'x');
    for (std::int64_t i = 0; i < input["lines"].integer(); ++i) context.warn(line);
    return Json();
}

/// Keeps a value of { bytes } under a key of { keyBytes }.
Json keep_much(const Context& context, View input) {
    const std::string key(static_cast<std::size_t>(input["keyBytes"].integer_or(1)), 'k');
    context.state().set_now(key, std::string(static_cast<std::size_t>(input["bytes"].integer_or(1)), 'x'));
    return Json();
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
    plugin.action("walk", walk).pure().non_blocking();
    plugin.action("effect", effect).title("An effect that returns at once").non_blocking();
    plugin.action("echo", echo)
        .input(R"({"type":"object","properties":{"times":{"type":"integer","default":1}}})")
        .pure()
        .non_blocking();
    plugin.action("fail", fail).non_blocking();
    plugin.action("slow", slow).non_blocking();
    plugin.action("block", block);
    plugin.action("stubborn", stubborn);
    plugin.action("chatter", chatter);
    plugin.action("fail-at-length", fail_at_length).non_blocking();
    plugin.action("log-much", log_much).non_blocking();
    plugin.action("keep-much", keep_much);
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

void say(const Instance& instance, std::string_view text) {
    instance.log->write(instance.host, 0, TAPPET_DEBUG, to_text(text));
}

/// The plugin, which logs when it is loaded and when it is let go.
tappet_plugin with_lines(tappet_plugin plugin) {
    static const tappet_plugin plain = plugin;
    plugin.create = [](const tappet_host* host) {
        void* made = plain.create(host);
        say(*static_cast<Instance*>(made), "loaded");
        return made;
    };
    plugin.destroy = [](void* made) {
        say(*static_cast<Instance*>(made), "let go");
        plain.destroy(made);
    };
    return plugin;
}

}  // namespace

extern "C" TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    static const Library<define> library;
    static const tappet_plugin plugin = with_lines(*library.abi());
    return &plugin;
}
