// Throws where the engine calls back, and completes twice: nothing of it may reach the engine.
#include <tappet/plugin.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace {

using namespace tappet::sdk;

void in_an_answer(Call call) {
    const Context context = call.context();
    auto shared = std::make_shared<Call>(std::move(call));
    context.http().send(HttpRequest("GET", "http://app.test/"), [shared](const HttpResponse& answer) {
        throw Error::upstream("answered " + std::to_string(answer.status)).code("app.odd");
    });
}

void in_a_wait(Call call) {
    const Context context = call.context();
    auto shared = std::make_shared<Call>(std::move(call));
    context.clock().after(0, [shared](bool) { throw 5; });
}

/// Its call is completed before the wait is over.
Json after_its_end(const Context& context) {
    context.clock().after(60'000, [](bool) { throw std::runtime_error("thrown after the end"); });
    return "done";
}

void on_a_stop(Call call) {
    const Context context = call.context();
    auto shared = std::make_shared<Call>(std::move(call));
    auto callback = [shared] {
        shared->fail(Error::cancelled("stopped"));
        throw std::runtime_error("thrown by a stop callback");
    };
    static std::unique_ptr<StopCallback<decltype(callback)>> kept;
    kept = std::make_unique<StopCallback<decltype(callback)>>(context.stop_token(), std::move(callback));
}

void twice(Call call) {
    call.succeed(Json(1));
    call.succeed(Json(2));
}

void define(Plugin& plugin) {
    plugin.named("throws", "1.0.0");
    plugin.action("in-an-answer", in_an_answer).non_blocking();
    plugin.action("in-a-wait", in_a_wait).non_blocking();
    plugin.action("after-its-end", after_its_end).non_blocking();
    plugin.action("on-a-stop", on_a_stop).non_blocking();
    plugin.action("twice", twice).non_blocking();
}

}  // namespace

TAPPET_PLUGIN(define)
