#include "trigger/event.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/time_text.hpp"
#include "run/activation.hpp"

namespace tappet::trigger {
namespace {

/// Signatures among them: with its body, one that has no time in it opens the hook for as long as its secret
/// lives.
constexpr std::array<std::string_view, 13> kCredentials{"authorization",         "cookie",
                                                        "proxy-authorization",   "x-api-key",
                                                        "x-hub-signature-256",   "x-hub-signature",
                                                        "stripe-signature",      "x-slack-signature",
                                                        "x-shopify-hmac-sha256", "webhook-signature",
                                                        "svix-signature",        "x-ghl-signature",
                                                        "x-wh-signature"};

Value assemble(const std::string& id, Value body, Value headers, Value query, Value method, Value path,
               TimeMs received, Value cloud_event = Value::null()) {
    static const std::array<Value, 7> kNames{
        Value::string("id"),     Value::string("body"), Value::string("headers"),   Value::string("query"),
        Value::string("method"), Value::string("path"), Value::string("receivedAt")};
    std::vector<MapEntry> out;
    static const Value kCloudEvent = Value::string("cloudEvent");
    out.reserve(kNames.size() + 1);
    out.push_back({kNames[0], Value::string(id)});
    out.push_back({kNames[1], std::move(body)});
    out.push_back({kNames[2], std::move(headers)});
    out.push_back({kNames[3], std::move(query)});
    out.push_back({kNames[4], std::move(method)});
    out.push_back({kNames[5], std::move(path)});
    out.push_back({kNames[6], Value::string(to_rfc3339(received))});
    if (!cloud_event.is_null()) out.push_back({kCloudEvent, std::move(cloud_event)});
    return Value::map(std::move(out));
}

}  // namespace

std::string_view credential_of(const flow::TriggerPlan& trigger) {
    return trigger.verify ? std::string_view(trigger.verify->header) : std::string_view();
}

bool is_credential(std::string_view header) {
    return std::find(kCredentials.begin(), kCredentials.end(), header) != kCredentials.end();
}

Value headers_value(const http::Headers& headers, std::string_view credential) {
    std::vector<MapEntry> out;
    out.reserve(headers.items().size());
    for (const auto& [name, text] : headers.items()) {
        const auto known = std::find_if(out.begin(), out.end(),
                                        [&](const MapEntry& e) { return e.key.as_string() == name; });
        if (known != out.end()) {
            const bool secret = known->value.secret();
            known->value = Value::string(std::string(known->value.as_string()) + ", " + text);
            if (secret) known->value = known->value.as_secret();
            continue;
        }
        Value value = Value::string(text);
        if (is_credential(name) || http::same_name(name, credential)) value = value.as_secret();
        out.push_back({Value::string(name), std::move(value)});
    }
    return Value::map(std::move(out));
}

Value make_event(const std::string& id, Value body, const http::Request& request, Value query,
                 TimeMs received, Value cloud_event, std::string_view credential) {
    return assemble(id, std::move(body), headers_value(request.headers, credential), std::move(query),
                    Value::string(request.method), Value::string(request.path()), received,
                    std::move(cloud_event));
}

std::optional<std::string> unreadable_header(const http::Headers& headers) {
    for (const auto& [name, value] : headers.items())
        if (const std::size_t bad = find_invalid_utf8(value); bad != std::string::npos)
            return "the value of the header " + name + " is not UTF-8 at byte " + std::to_string(bad);
    return std::nullopt;
}

Value make_event(const std::string& id, Value body, TimeMs received) {
    return assemble(id, std::move(body), Value::object({}), Value::object({}), Value::null(), Value::null(),
                    received);
}

std::optional<std::string> EventActivation::why_absent(const Value& map, const Value& key) const {
    return run::unset_variable(plan_, config_, map, key);
}

std::optional<Value> EventActivation::get(std::uint32_t slot_number) const {
    const flow::Slot& slot = plan_.slots[slot_number];
    switch (slot.kind) {
        case flow::Slot::Kind::trigger:
            if (slot.name.empty() || slot.name == trigger_) return event_;
            return std::nullopt;
        case flow::Slot::Kind::config_vars:
            return config_.is_null() ? Value::object({}) : config_;
        case flow::Slot::Kind::flow:
            return Value::object(
                {{"name", Value::string(plan_.flow)}, {"version", Value::integer(version_)}});
        default:
            return std::nullopt;
    }
}

}  // namespace tappet::trigger
