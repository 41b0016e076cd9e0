#include "trigger/admission.hpp"

#include <algorithm>

#include "run/key.hpp"
#include "run/lane.hpp"
#include "trigger/event.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kMaxProblems = 20;

Admission refused(Problem problem) {
    Admission out;
    out.verdict = Admission::Verdict::refused;
    out.problem = std::move(problem);
    return out;
}

/// Names an event for one trigger of one flow of one tenant. Parts are length-prefixed, so that no two lists
/// of parts give the same bytes.
store::DedupeClaim claim_of(const runtime::Flow& flow, const flow::TriggerPlan& trigger, char kind,
                            std::string_view key, TimeMs now) {
    std::string name(1, kind);
    for (const std::string_view part : {std::string_view(flow.tenant), std::string_view(flow.plan->flow),
                                        std::string_view(trigger.id), key}) {
        name += std::to_string(part.size());
        name += ':';
        name += part;
    }
    const auto hash = vault::sha256(name);
    store::DedupeClaim claim;
    std::copy_n(hash.begin(), claim.key.size(), claim.key.begin());
    claim.now = now;
    claim.expires = now + trigger.dedupe_window;
    return claim;
}

}  // namespace

std::string sender_key(const http::Headers& headers) {
    for (const std::string_view name : {"idempotency-key", "webhook-id"})
        if (const auto value = headers.get(name)) return std::string(name) + "\n" + std::string(*value);
    return {};
}

std::string plugin_key(const std::string& id) { return id.empty() ? id : "event\n" + id; }

Admission admit(const runtime::Flow& flow, const flow::TriggerPlan& trigger, const Value& event,
                const Value& config, const std::string& fallback_key, TimeMs now) {
    const EventActivation activation(*flow.plan, flow.version, trigger.id, event, config);
    Admission out;
    if (trigger.filter) {
        const auto result = trigger.filter->evaluate(activation);
        if (!result.ok)
            return refused(
                {422, "filter-failed", "the trigger's filter: " + result.error.message, {}, 0, ""});
        if (!result.value.is(Kind::boolean))
            return refused(
                {422,
                 "filter-failed",
                 "the trigger's filter gives " + std::string(type_name(result.value)) + ", not true or false",
                 {},
                 0,
                 ""});
        if (!result.value.as_boolean()) {
            out.verdict = Admission::Verdict::filtered;
            return out;
        }
    }
    const Value* body = event.find("body");
    for (const auto& schema : {trigger.input, trigger.spec ? trigger.spec->body : nullptr}) {
        if (!schema || !body || schema->accepts(*body)) continue;
        Problem problem{422, "schema", "the body breaks the trigger's schema", {}, 0, ""};
        for (auto& place : schema->problems(*body, kMaxProblems))
            problem.errors.push_back({std::move(place.pointer), std::move(place.detail)});
        return refused(std::move(problem));
    }
    if (trigger.dedupe_key) {
        const auto result = trigger.dedupe_key->evaluate(activation);
        const auto key = run::key_of(result, "the trigger's dedupe key");
        if (!key) return refused({422, "key-failed", key.error().message, {}, 0, ""});
        const bool text = result.value.is(Kind::string);
        out.claim = claim_of(flow, trigger, text ? 'k' : 'j', text ? result.value.as_string() : *key, now);
    } else if (!fallback_key.empty()) {
        out.claim = claim_of(flow, trigger, 'h', fallback_key, now);
    }
    if (const auto& concurrency = flow.plan->concurrency; concurrency && concurrency->key)
        if (const auto key = run::lane_key(concurrency->key->evaluate(activation)); !key)
            return refused({422, "key-failed", key.error().message, {}, 0, ""});
    return out;
}

}  // namespace tappet::trigger
