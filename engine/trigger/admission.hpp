#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "expr/value.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"
#include "runtime/flows.hpp"
#include "store/store.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// What becomes of an event before a run exists: filter → schema → dedupe key. The same road for hooks,
/// manual triggers and `tappet run`.
struct Admission {
    enum class Verdict { start, filtered, refused } verdict = Verdict::start;
    std::optional<Problem> problem;  ///< when refused
    std::optional<store::DedupeClaim>
        claim;  ///< when the trigger declares a key, or `fallback_key` was given
};

/// How a request is named by its sender, who must be known: Idempotency-Key or webhook-id; empty where it is
/// not. Header names are in lower case.
std::string sender_key(const http::Headers& headers);

/// How a plugin names an event that it told of; empty where it does not.
std::string plugin_key(const std::string& id);

/// `fallback_key`: what names the event where the trigger declares no key (an Idempotency-Key header); empty
/// for none.
Admission admit(const runtime::Flow& flow, const flow::TriggerPlan& trigger, const Value& event,
                const Value& config, const std::string& fallback_key, TimeMs now);

}  // namespace tappet::trigger
