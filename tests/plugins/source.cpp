// A service that sends events to hooks and is asked for them: all that a plugin with triggers can have.
#include <tappet/changes.hpp>
#include <tappet/plugin.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <string>

using namespace tappet::sdk;

namespace {

struct Key {
    std::string key;
    static void fields(Fields<Key>& f) { f("key", &Key::key).secret().min_size(1); }
};

struct Order {
    std::int64_t n = 0;
    std::string account;
    static void fields(Fields<Order>& f) {
        f("n", &Order::n).min(1);
        f("account", &Order::account).fallback("");
    }
};

// ---- hooks: {"events": [{id, type, owner, order}…]} or {"challenge": "…"}, signed

std::string signature(const std::string& key, std::string_view body) {
    std::array<unsigned char, 32> raw{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), raw.data(), &size);
    std::string out = "sha256=";
    for (const unsigned char byte : raw) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 15];
    }
    return out;
}

struct Sent {
    std::string id, type;
    std::optional<std::string> owner;
    Order order;
    static void fields(Fields<Sent>& f) {
        f("id", &Sent::id);
        f("type", &Sent::type);
        f("owner", &Sent::owner);
        f("order", &Sent::order);
    }
};

HookResult read(const Context& context, const HookRequest& request) {
    const Key settings = request.settings<Key>();
    if (!same_secret(request.header("x-source-signature").value_or(""),
                     signature(settings.key, request.body())))
        throw Error::auth("X-Source-Signature is missing or wrong");
    const std::optional<Document> body = context.parse(request.body());
    if (!body) throw Error::validation("the body is no JSON");
    HookResult out;
    if (const View challenge = body->view()["challenge"]; challenge.is_string()) {
        out.answer(200, Json(std::string(challenge.string())), {{"Content-Type", "text/plain"}});
        return out;
    }
    for (const Sent& sent : read_as<std::vector<Sent>>(body->view()["events"], "body.events")) {
        TriggerEvent& event = out.event(sent.order).id(sent.id).type(sent.type);
        if (sent.owner) event.owner(Json(*sent.owner));
    }
    return out;
}

// ---- polls: GET {url}?after=N&limit=M yields {"orders": […], "more": true}

struct Feed {
    std::string url;
    bool ids = true;
    static void fields(Fields<Feed>& f) {
        f("url", &Feed::url).format("uri");
        f("ids", &Feed::ids).fallback(true).description("false: nothing but the cursor keeps events apart");
    }
};

struct Page {
    std::vector<Order> orders;
    bool more = false;
    bool crash = false;
    static void fields(Fields<Page>& f) {
        f("orders", &Page::orders);
        f("more", &Page::more).fallback(false);
        f("crash", &Page::crash).fallback(false);
    }
};

Task<PollResult> poll(Context context, PollInput input) {
    const Feed feed = input.settings<Feed>();
    const std::int64_t after = input.cursor<std::int64_t>().value_or(0);
    HttpRequest get("GET",
                    feed.url + "?after=" + std::to_string(after) + "&limit=" + std::to_string(input.limit()));
    HttpResponse answer = co_await context.http().send(std::move(get));
    if (!answer.answered()) throw answer.error();
    const std::optional<Document> body = context.parse(answer.body);
    if (answer.status != 200 || !body) throw Error::upstream("no page of orders").status(answer.status);
    const Page page = read_as<Page>(body->view(), "answer");
    if (page.crash) std::abort();
    PollResult out;
    std::int64_t last = after;
    for (const Order& order : page.orders) {
        out.event(feed.ids ? std::to_string(order.n) : "", order);
        last = order.n;
    }
    out.cursor(Json(last)).more(page.more);
    co_return out;
}

/// GET {url} yields all orders each time: what is new or changed in them, and which are gone.
Task<PollResult> poll_all(Context context, PollInput input) {
    const Feed feed = input.settings<Feed>();
    HttpRequest get("GET", feed.url + "?after=0&limit=100000");
    HttpResponse answer = co_await context.http().send(std::move(get));
    if (!answer.answered()) throw answer.error();
    const std::optional<Document> list = context.parse(answer.body);
    if (answer.status != 200 || !list) throw Error::upstream("no list of orders").status(answer.status);
    Changes changes(input);
    PollResult out;
    const Document orders = (*list)["orders"];
    for (std::size_t i = 0; i < orders.view().size(); ++i) {
        const Document order = orders.at(i);
        if (changes.see(order.view()["n"].json(), order.view())) out.event("", order);
    }
    for (const std::string& key : changes.removed()) out.event("", Json::object({{"gone", key}}));
    changes.finish(out);
    co_return out;
}

void define(Plugin& plugin) {
    plugin.named("source", "1.0.0").needs("http/1");
    plugin.app(read).settings<Key>();
    plugin.webhook("received").settings<Key>().body<Order>().handles(read);
    plugin.webhook("paid").body<Order>().on("order.paid");
    plugin.webhook("refunded").body<Order>().on("order.refunded");
    plugin.poll("new-order", poll).settings<Feed>().body<Order>();
    plugin.poll("changed-order", poll_all).settings<Feed>();
}

}  // namespace

TAPPET_PLUGIN(define)
