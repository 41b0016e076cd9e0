/* Throws out of what the engine calls back, through the layer of the SDK. */
#include <tappet/plugin.hpp>

#include <memory>

using namespace tappet::sdk;

static void later(Call call) {
    const Context context = call.context();
    auto shared = std::make_shared<Call>(std::move(call));
    context.clock().after(1, [shared](bool) { throw Error::upstream("out of a callback"); });
}

static void define(Plugin& plugin) {
    plugin.named(PLUGIN_NAME, "1.0.0");
    plugin.action("do", later);
}

TAPPET_PLUGIN(define)
