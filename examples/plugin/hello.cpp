#include <tappet/plugin.hpp>

#include <string>

using namespace tappet::sdk;

namespace {

Json greet(const Context& context, View input) {
    const std::string text = "Hello, " + std::string(input["name"].string()) + "!";
    context.info("greeted");
    return Json::object({{"text", text}});
}

void define(Plugin& plugin) {
    plugin.named("hello", "1.0.0");
    plugin.action("greet", greet)
        .title("Greet somebody")
        .input(R"({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}})")
        .output(R"({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}})")
        .pure()
        .non_blocking();
}

}  // namespace

TAPPET_PLUGIN(define)
