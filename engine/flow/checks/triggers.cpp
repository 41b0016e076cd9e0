#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "base/closest.hpp"
#include "flow/compiler.hpp"
#include "flow/names.hpp"

namespace tappet::flow {
namespace {

using expr::Type;
using K = Type::Kind;

constexpr std::array<std::string_view, 12> kKeys{"id",     "uses",    "filter", "dedupe", "input", "respond",
                                                 "verify", "methods", "path",   "with",   "poll",  "split"};
constexpr std::array<std::string_view, 1> kLater{"connection"};
constexpr std::array<std::string_view, 4> kWebhookKeys{"verify", "methods", "path", "split"};
constexpr std::array<std::string_view, 2> kPollKeys{"every", "limit"};
constexpr std::chrono::milliseconds kLeastEvery{1'000};
constexpr std::int64_t kMostEvents = 1'000;  ///< of one poll
constexpr std::array<std::string_view, 2> kDedupeKeys{"key", "window"};
constexpr std::array<std::string_view, 1> kInputKeys{"schema"};
constexpr std::string_view kSchedule = "core/schedule";  ///< whose settings are when it is due
constexpr std::array<std::string_view, 3> kRespondKeys{"mode", "status", "timeout"};
constexpr std::array<std::string_view, 2> kModes{"async", "sync"};
constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};

Type::Field always(Type type) { return {std::move(type), false, {}}; }

/// What `trigger` holds when this one has started the run.
Type trigger_type(const TriggerPlan& trigger) {
    const Type text = Type::of(K::string);
    Type body;
    if (trigger.spec && trigger.spec->body) body = trigger.spec->body->type();
    if (trigger.input) body = trigger.input->type();
    const bool request = trigger.spec && trigger.spec->kind == TriggerKind::webhook;
    const Type maybe_text = request ? text : Type::one_of({text, Type::of(K::null)});
    Type::ObjectSpec spec;
    spec.closed = true;
    spec.title = "trigger";
    spec.fields["id"] = always(text);
    spec.fields["body"] = always(titled(body, "trigger.body"));
    spec.fields["headers"] = always(Type::map(text, text));
    spec.fields["query"] = always(Type::map(text, Type::dyn()));
    spec.fields["method"] = always(maybe_text);
    spec.fields["path"] = always(maybe_text);
    spec.fields["receivedAt"] = always(text);
    if (request) spec.fields["cloudEvent"] = {Type::map(text, Type::dyn()), true, {}};
    return Type::object(std::move(spec));
}

std::shared_ptr<const TriggerSpec> find_spec(Compiler& c, const YamlPair& uses) {
    const auto name = plain_text(c.findings, uses);
    if (!name) return nullptr;
    auto spec = c.catalog.trigger(*name);
    const bool ours = spec && spec->name == kSchedule;
    if (spec && !ours && (spec->kind == TriggerKind::schedule || spec->kind == TriggerKind::flow))
        c.findings.error(uses.value.range, "not-available",
                         "triggers of kind " +
                             std::string(spec->kind == TriggerKind::flow ? "flow" : "schedule") +
                             " are not available in this version: nothing would start `" + *name + "`");
    if (spec) return spec;
    const auto names = c.catalog.trigger_names();
    const std::vector<std::string_view> views(names.begin(), names.end());
    c.findings.error(uses.value.range, "unknown-trigger",
                     c.catalog.action(*name) ? "`" + *name + "` is an action: it starts nothing"
                                             : "no plugin has a trigger `" + *name + "`",
                     closest(*name, views));
    return nullptr;
}

void read_dedupe(Compiler& c, const YamlPair& pair, TriggerPlan& trigger) {
    const Fields fields(c.findings, pair.value, "`dedupe`", kDedupeKeys);
    if (!fields.valid()) return;
    const YamlPair* key = fields.get("key");
    if (key) trigger.dedupe_key = compile_expression(c, *key, key_type());
    if (!key && !fields.get("window"))
        c.findings.error(pair.value.range, "missing-key",
                         "`dedupe` needs `key`, or `window` for the ids that senders give");
    if (const auto window = fields.duration("window")) trigger.dedupe_window = *window;
}

void read_input(Compiler& c, const YamlPair& pair, TriggerPlan& trigger) {
    const Fields fields(c.findings, pair.value, "`input`", kInputKeys);
    if (const YamlPair* schema = fields.need("schema")) trigger.input = compile_schema(c, schema->value);
}

void read_respond(Compiler& c, const YamlPair& pair, TriggerPlan& trigger) {
    const Fields fields(c.findings, pair.value, "`respond`", kRespondKeys);
    if (const auto mode = fields.choice("mode", kModes))
        trigger.mode = *mode == 1 ? RespondMode::sync : RespondMode::async;
    if (trigger.mode == RespondMode::sync) trigger.respond_status = 200;
    if (const auto status = fields.integer("status", 200, 299))
        trigger.respond_status = static_cast<int>(*status);
    if (const auto timeout = fields.duration("timeout")) trigger.respond_timeout = *timeout;
}

void read_methods(Compiler& c, const YamlPair& pair, TriggerPlan& trigger) {
    if (!pair.value.is(YamlKind::sequence) || pair.value.items.empty()) {
        c.findings.error(pair.value.range, "wrong-type", "`methods` must be a list, such as [POST, PUT]");
        return;
    }
    trigger.methods.clear();
    for (const YamlNode& item : pair.value.items) {
        if (item.is(YamlKind::string) &&
            std::find(kMethods.begin(), kMethods.end(), item.text) != kMethods.end())
            trigger.methods.push_back(item.text);
        else
            c.findings.error(item.range, "wrong-value", "a method is " + choices(kMethods),
                             item.is(YamlKind::string) ? closest(item.text, kMethods) : std::string_view{});
    }
}

bool is_path(std::string_view text) {
    if (text.empty() || text.front() == '/' || text.back() == '/' || text.front() == '@' ||
        text.find("//") != std::string_view::npos)
        return false;
    return std::all_of(text.begin(), text.end(), [](char ch) {
        return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
               ch == '-' || ch == '_' || ch == '.' || ch == '/';
    });
}

void read_webhook(Compiler& c, const Fields& fields, TriggerPlan& trigger) {
    const YamlPair* verify = fields.get("verify");
    const bool addressed = fields.get("path") || fields.get("methods");
    if (verify && trigger.spec->handles)
        c.findings.error(verify->key_range, "misplaced-key",
                         "`" + trigger.spec->name + "` verifies its requests itself: it takes no `verify`");
    else if (verify)
        trigger.verify = compile_verify(c, *verify, trigger.dedupe_window);
    else if (!trigger.spec->handles && (trigger.spec->events.empty() || addressed))
        c.findings.error(fields.first_key(), "missing-key",
                         "a webhook needs `verify`: who may send is said, even if it is everybody (`verify: "
                         "{ preset: none }`)");
    if (const YamlPair* methods = fields.get("methods")) read_methods(c, *methods, trigger);
    if (const auto split = fields.boolean("split")) trigger.split = *split;
    if (const YamlPair* split = trigger.spec->handles ? fields.get("split") : nullptr)
        c.findings.error(
            split->key_range, "misplaced-key",
            "`" + trigger.spec->name + "` tells itself what events a request holds: it takes no `split`");
    const auto path = fields.text("path");
    if (!path) return;
    const Range at = fields.get("path")->value.range;
    if (!is_path(*path))
        c.findings.error(at, "wrong-value",
                         "a path has letters, digits, -, _, . and / inside, such as crm/installed");
    for (const TriggerPlan& other : c.plan->triggers)
        if (other.path == *path)
            c.findings.error(at, "duplicate-path", "trigger `" + other.id + "` has this path");
    trigger.path = *path;
}

/// A trigger that no request starts has nobody to answer.
void refuse_respond(Compiler& c, const Fields& fields, std::string_view why) {
    if (const YamlPair* respond = fields.get("respond"))
        c.refuse_start(respond->key_range, "misplaced-key",
                       "`respond` is for who sends an event: " + std::string(why));
}

void read_poll(Compiler& c, const Fields& fields, TriggerPlan& trigger) {
    trigger.poll.emplace();
    refuse_respond(c, fields, "nobody waits for what a poll finds");
    const YamlPair* pair = fields.get("poll");
    if (!pair) return;
    const Fields poll(c.findings, pair->value, "`poll`", kPollKeys);
    if (const auto every = poll.duration("every")) {
        trigger.poll->every = *every;
        if (*every < kLeastEvery)
            c.findings.error(poll.get("every")->value.range, "wrong-value", "`every` must be at least 1s");
    }
    if (const auto limit = poll.integer("limit", 1, kMostEvents))
        trigger.poll->limit = static_cast<std::uint32_t>(*limit);
}

void read_settings(Compiler& c, const Fields& fields, TriggerPlan& trigger) {
    const YamlPair* with = fields.get("with");
    if (!trigger.spec) return;
    if (!trigger.spec->settings) {
        if (with)
            c.findings.error(with->key_range, "misplaced-key",
                             "`" + trigger.spec->name + "` has no settings: it takes no `with`");
        return;
    }
    const YamlNode none{.kind = YamlKind::mapping};
    Dynamic dynamic;
    if (with) trigger.with = compile_value(c, with->value, SecretUse::allowed, &dynamic);
    check_value(c, with ? with->value : none, dynamic, *trigger.spec->settings, trigger.spec->name,
                with ? with->value.range : fields.first_key());
}

/// The id, when there is one that the flow may have.
std::string read_id(Compiler& c, const Fields& fields) {
    const YamlPair* pair = fields.need("id");
    const auto id = pair ? plain_text(c.findings, *pair) : std::nullopt;
    if (!id || !take_id(c, *id, pair->value.range, "a trigger")) return {};
    return *id;
}

void read_trigger(Compiler& c, const YamlNode& node) {
    const Fields fields(c.findings, node, "a trigger", kKeys, kLater);
    if (!fields.valid()) return;
    TriggerPlan trigger;
    trigger.position = node.range.begin;
    trigger.methods = {"POST"};
    trigger.id = read_id(c, fields);
    if (const YamlPair* uses = fields.need("uses")) trigger.spec = find_spec(c, *uses);
    if (const YamlPair* input = fields.get("input")) read_input(c, *input, trigger);
    c.reach.set_trigger(trigger_type(trigger));
    if (const YamlPair* filter = fields.get("filter"))
        trigger.filter = compile_expression(c, *filter, Type::of(K::boolean));
    if (const YamlPair* dedupe = fields.get("dedupe")) read_dedupe(c, *dedupe, trigger);
    if (const YamlPair* respond = fields.get("respond")) read_respond(c, *respond, trigger);
    c.reach.hide_run("a trigger is set up before any event has come: it sees configVars and secrets alone");
    read_settings(c, fields, trigger);
    if (trigger.spec && trigger.spec->name == kSchedule) {
        const YamlPair* with = fields.get("with");
        refuse_respond(c, fields, "nobody waits for what is due");
        check_schedule(c, with ? with->value : YamlNode{.kind = YamlKind::mapping},
                       with ? with->key_range : fields.first_key());
    }
    const bool webhook = trigger.spec && trigger.spec->kind == TriggerKind::webhook;
    if (trigger.spec && trigger.spec->kind == TriggerKind::poll)
        read_poll(c, fields, trigger);
    else if (const YamlPair* poll = trigger.spec ? fields.get("poll") : nullptr)
        c.findings.error(poll->key_range, "misplaced-key",
                         "`poll` belongs to triggers that poll, `" + trigger.spec->name + "` does not");
    if (webhook)
        read_webhook(c, fields, trigger);
    else if (trigger.spec)
        for (const std::string_view key : kWebhookKeys)
            if (const YamlPair* pair = fields.get(key))
                c.findings.error(
                    pair->key_range, "misplaced-key",
                    "`" + pair->key + "` belongs to webhooks, `" + trigger.spec->name + "` is none");
    c.reach.show_run();
    c.plan->triggers.push_back(std::move(trigger));
}

}  // namespace

void compile_triggers(Compiler& c, const YamlNode* node) {
    if (node && (!node->is(YamlKind::sequence) || node->items.empty()))
        c.findings.error(node->range, "wrong-type", "`triggers` must be a list of at least one trigger");
    else if (node)
        for (const YamlNode& item : node->items) read_trigger(c, item);
    std::vector<std::pair<std::string, Type>> types;
    for (const TriggerPlan& trigger : c.plan->triggers) {
        types.emplace_back(trigger.id, trigger_type(trigger));
        if (!trigger.id.empty()) c.reach.add_trigger(trigger.id, types.back().second);
    }
    c.reach.set_trigger(types.empty() ? Type::dyn() : union_of(types));
}

}  // namespace tappet::flow
