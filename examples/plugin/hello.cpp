#include <tappet/plugin.hpp>

#include <string>

using namespace tappet::sdk;

namespace {

struct Greet {
    std::string name;
    static void fields(Fields<Greet>& f) { f("name", &Greet::name).title("Whom to greet").min_size(1); }
};

struct Greeting {
    std::string text;
    static void fields(Fields<Greeting>& f) { f("text", &Greeting::text); }
};

Greeting greet(const Context& context, const Greet& in) {
    context.info("greeted");
    return {"Hello, " + in.name + "!"};
}

void define(Plugin& plugin) {
    plugin.named("hello", "1.0.0");
    plugin.action("greet", greet).title("Greet somebody").pure().non_blocking();
}

}  // namespace

TAPPET_PLUGIN(define)
