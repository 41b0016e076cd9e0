#include <tappet/plugin.hpp>

using namespace tappet::sdk;

namespace {

// ---- the action @NAME@/greet
// -------------------------------------------------------------------------------

struct Greet {
    std::string name;
    static void fields(Fields<Greet>& f) { f("name", &Greet::name).title("Whom to greet").min_size(1); }
};
struct Greeting {
    std::string text;
    static void fields(Fields<Greeting>& f) { f("text", &Greeting::text); }
};
Greeting greet(const Context&, const Greet& in) {
    Greeting out;
    out.text = "Hello, " + in.name + "!";
    return out;
}

// ---- the trigger @NAME@/received: a webhook that the plugin itself verifies and reads
// ------------------------

struct Settings {
    std::string key;
    static void fields(Fields<Settings>& f) {
        f("key", &Settings::key).title("What X-Key must hold").secret();
    }
};
HookResult received(const Context& context, const HookRequest& request) {
    const Settings settings = request.settings<Settings>();
    if (!same_secret(request.header("x-key").value_or(""), settings.key)) throw Error::auth("X-Key is wrong");
    const auto body = context.parse(request.body());
    if (!body) throw Error::validation("the body is no JSON");
    HookResult out;
    out.event(Json(*body)).id(std::string(body->view()["id"].string_or("")));
    return out;
}

// ---- the connection type account
// ---------------------------------------------------------------------------

struct Account {
    std::string apiKey;
    static void fields(Fields<Account>& f) { f("apiKey", &Account::apiKey).secret(); }
};

void define(Plugin& plugin) {
    plugin.named("@NAME@", "0.1.0");
    plugin.action("greet", greet).title("Greet somebody").pure().non_blocking();
    plugin.webhook("received").title("Something was received").settings<Settings>().handles(received);
    plugin.connection("account", "apiKey")
        .title("An account")
        .fields<Account>()
        .attach("X-Api-Key", "{apiKey}");
}

}  // namespace

TAPPET_PLUGIN(define)
