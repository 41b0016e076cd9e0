// v1/plugin.c once more, over the C++ layer: built by both compilers, at both ends of optimization, with both
// standard libraries.
#include <tappet/plugin.hpp>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace tappet::sdk;

Json read_input(const Context& context, View input) {
    Json kinds = Json::list();
    for (std::size_t i = 0; i < input.size(); ++i)
        kinds.push(static_cast<std::int64_t>(static_cast<std::uint32_t>(input.at(i).kind())));
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < input["list"].size(); ++i) numbers.push_back(input["list"].at(i).integer());
    std::string upper(input["text"].string());
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
        return c < 128 ? static_cast<char>(std::toupper(c)) : static_cast<char>(c);
    });
    const tappet_values* values = context.instance().host->values;
    const tappet_value* whole = input.handle();
    const std::int64_t secrecy =
        values->secrecy(values->find(whole, to_text("token"))) + std::int64_t{10} * values->secrecy(whole);
    return Json::object({{"kinds", kinds},
                         {"sum", std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0})},
                         {"upper", upper},
                         {"secrecy", secrecy},
                         {"token", Json(input["token"])},
                         {"half", input["number"].number() / 2},
                         {"flag", !input["flag"].boolean()}});
}

/// An exception with a stream inside, thrown through frames of this library.
Json refuse(const Context&, View input) {
    std::ostringstream message;
    message << "taken by " << input["token"].string();
    Error error = Error::conflict(message.str());
    error.code("x.taken").status(409);
    error.retry_after_ms(1500);
    throw error;
}

void wait(Call call) {
    const StopToken stop = call.context().stop_token();
    std::thread([call = std::move(call), stop]() mutable {
        while (!stop.stop_requested()) std::this_thread::yield();
        call.fail(Error::cancelled("stopped"));
    }).detach();
}

void later(Call call) {
    std::thread([call = std::move(call)]() mutable {
        call.succeed(Json::object({{"later", true}}));
    }).detach();
}

Json count(const Context& context, View) {
    const std::optional<std::string> before = context.state().get_now("count");
    const std::int64_t counted = before ? std::stol(*before) : 0;
    context.state().set_now("count", std::to_string(counted + 1));
    return Json(counted + 1);
}

void define(Plugin& plugin) {
    plugin.named(PLUGIN_NAME, "1.0.0");
    plugin.action("read", read_input).pure().non_blocking();
    plugin.action("refuse", refuse).non_blocking();
    plugin.action("wait", wait).non_blocking();
    plugin.action("later", later).non_blocking();
    plugin.action("count", count);
}

}  // namespace

TAPPET_PLUGIN(define)
