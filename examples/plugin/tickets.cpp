// A plugin for a service of tickets that does not exist: an account, two actions, and both kinds of triggers.
#include <tappet/plugin.hpp>

#include <string>
#include <utility>

using namespace tappet::sdk;

namespace {

// ---- the account: its settings, and whether it works

struct Account {
    std::string baseUrl, apiKey;
    static void fields(Fields<Account>& f) {
        f("baseUrl", &Account::baseUrl).title("Address of the service").format("uri");
        f("apiKey", &Account::apiKey).secret();
        f.open();
    }
};

Task<Json> check(Context context) {
    const Account account = co_await context.connection().get<Account>();
    HttpRequest get("GET", account.baseUrl + "/me");
    get.authorize = true;
    HttpResponse answer = co_await context.http().send(std::move(get));
    if (!answer.answered()) throw answer.error();
    if (answer.status != 200) throw Error::auth("the key is not accepted").status(answer.status);
    const std::optional<Document> me = context.parse(answer.body);
    if (!me) throw Error::upstream("/me answered what is no JSON");
    Json out = Json::object({{"account", (*me)["name"]}});
    co_return out;
}

// ---- an action that calls the service

enum class Urgency { low, high };
void names(Names<Urgency>& n) { n("low", Urgency::low)("high", Urgency::high); }

struct NewTicket {
    std::string subject;
    Urgency urgency = Urgency::low;
    std::optional<std::string> assignee;
    std::vector<std::string> tags;
    static void fields(Fields<NewTicket>& f) {
        f("subject", &NewTicket::subject).title("Subject").min_size(1).max_size(200);
        f("urgency", &NewTicket::urgency).fallback(Urgency::low);
        f("assignee", &NewTicket::assignee).description("A name; without one it is assigned later");
        f("tags", &NewTicket::tags).fallback({}).max_size(10);
    }
};

struct Ticket {
    std::int64_t id = 0;
    std::string subject;
    static void fields(Fields<Ticket>& f) {
        f("id", &Ticket::id);
        f("subject", &Ticket::subject);
        f.open();  // the service may say more
    }
};

Task<Ticket> open_ticket(Context context, NewTicket in) {
    const Account account = co_await context.connection().get<Account>();
    HttpRequest post("POST", account.baseUrl + "/tickets");
    post.authorize = true;
    post.headers.emplace_back("Idempotency-Key", context.idempotency_key());
    post.body = context.json_text(in);
    HttpResponse answer = co_await context.http().send(std::move(post));
    if (!answer.answered()) throw answer.error();
    if (answer.status == 429) throw Error::rate_limited("too many tickets").retry_after_ms(20'000);
    const std::optional<Document> ticket = context.parse(answer.body);
    if (answer.status != 201 || !ticket) throw Error::upstream("no ticket was made").status(answer.status);
    context.metrics().count("opened");
    co_return read_as<Ticket>(ticket->view(), "answer");
}

// ---- an action that completes its call by hand

void wait_a_moment(Call call) {
    const Context context = call.context();
    auto shared = std::make_shared<Call>(std::move(call));
    context.clock().after(500, [shared](bool in_time) {
        if (in_time) shared->succeed(Json::object({{"waited", true}}));
        if (!in_time) shared->fail(Error::cancelled("asked to stop"));
    });
}

// ---- an action that remembers

Task<Json> count_up(Context context) {
    const std::optional<std::string> before = co_await context.state().get("count");
    const int count = before ? std::stoi(*before) + 1 : 1;
    co_await context.state().set("count", std::to_string(count));
    const std::string id = co_await context.blobs().write("", "counted to " + std::to_string(count));
    const std::optional<std::string> read = co_await context.blobs().read(id, 0, 1 << 20);
    Json out = Json::object({{"count", count}, {"blob", id}, {"bytes", read->size()}});
    co_return out;
}

// ---- a webhook that verifies its sender itself

struct HookSettings {
    std::string key;
    static void fields(Fields<HookSettings>& f) { f("key", &HookSettings::key).secret(); }
};

HookResult ticket_changed(const Context& context, const HookRequest& request) {
    const HookSettings settings = request.settings<HookSettings>();
    if (!same_secret(request.header("x-tickets-key").value_or(""), settings.key))
        throw Error::auth("X-Tickets-Key is missing or wrong");
    HookResult out;
    if (const auto challenge = request.query("challenge")) {
        out.answer(200, *challenge);
        return out;
    }
    const std::optional<Document> body = context.parse(request.body());
    if (!body) throw Error::validation("the body is no JSON");
    const Ticket ticket = read_as<Ticket>(body->view()["ticket"], "body.ticket");
    out.event(ticket).id(std::string(request.header("x-delivery").value_or("")));
    return out;
}

// ---- a poll: what is new since the last one

Task<PollResult> new_tickets(Context context, PollInput input) {
    const Account account = co_await context.connection().get<Account>();
    const std::int64_t after = input.cursor<std::int64_t>().value_or(0);
    HttpRequest get("GET", account.baseUrl + "/tickets?after=" + std::to_string(after));
    get.authorize = true;
    HttpResponse answer = co_await context.http().send(std::move(get));
    if (!answer.answered()) throw answer.error();
    const std::optional<Document> list = context.parse(answer.body);
    if (!list) throw Error::upstream("/tickets answered what is no JSON");
    PollResult out;
    std::int64_t last = after;
    for (const Ticket& ticket : read_as<std::vector<Ticket>>(list->view(), "answer")) {
        if (std::cmp_equal(out.size(), input.limit())) {
            out.more();
            break;
        }
        out.event(std::to_string(ticket.id), ticket);
        last = ticket.id;
    }
    out.cursor(last);
    co_return out;
}

// ---- all of it

void define(Plugin& plugin) {
    plugin.named("tickets", "1.0.0").title("Tickets").needs("connection/1").needs("http/1");

    plugin.connection("account", "apiKey")
        .title("Account")
        .fields<Account>()
        .attach("Authorization", "Bearer {apiKey}")
        .check(check);

    Ticket made;
    made.id = 7;
    made.subject = "It leaks";
    plugin.action("open-ticket", open_ticket)
        .title("Open a ticket")
        .idempotent()
        .non_blocking()
        .connection("account")
        .error(ErrorClass::rate_limited, "", "more than 100 tickets in a minute")
        .sample("A leak", Json::object({{"subject", "It leaks"}}), made);
    plugin.action("wait", wait_a_moment).title("Wait a moment").non_blocking();
    plugin.action("count", count_up).title("Count up").non_blocking();

    plugin.webhook("ticket-changed")
        .title("A ticket has changed")
        .settings<HookSettings>()
        .body<Ticket>()
        .handles(ticket_changed);
    plugin.poll("new-ticket", new_tickets).title("A ticket is new").connection("account").body<Ticket>();
}

}  // namespace

TAPPET_PLUGIN(define)
