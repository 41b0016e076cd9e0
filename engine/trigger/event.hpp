#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "expr/program.hpp"
#include "expr/value.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// An event as flows see it: {id, body, headers, query, method, path, receivedAt}, and cloudEvent where it
/// has the attributes of one. Header names are in lower
/// case, repeated headers joined by ", ", repeated query names a list; credentials (Authorization, Cookie,
/// the signatures of presets, and the header `credential`, in any case) are marked secret.
Value make_event(const std::string& id, Value body, const http::Request& request, Value query,
                 TimeMs received, Value cloud_event = Value::null(), std::string_view credential = {});
/// The same for an event that did not come by HTTP.
Value make_event(const std::string& id, Value body, TimeMs received);
/// The header that the trigger's `verify` names as the one with the credential; empty where it names none.
std::string_view credential_of(const flow::TriggerPlan& trigger);
/// Whether a header carries a credential, by its name in lower case: then its value is marked.
bool is_credential(std::string_view header);
/// The request's headers as flows and plugins see them; `credential` names one more that is marked.
Value headers_value(const http::Headers& headers, std::string_view credential = {});
/// Why the headers cannot be texts of an event: one is not UTF-8, as all texts are.
std::optional<std::string> unreadable_header(const http::Headers& headers);

/// What a trigger's filter and dedupe key see: the event, configVars and the flow; no step, no run, no
/// secret.
class EventActivation final : public expr::Activation {
public:
    EventActivation(const flow::Plan& plan, std::uint32_t version, const std::string& trigger,
                    const Value& event, const Value& config)
        : plan_(plan), version_(version), trigger_(trigger), event_(event), config_(config) {}
    std::optional<Value> get(std::uint32_t slot) const override;
    std::optional<std::string> why_absent(const Value& map, const Value& key) const override;

private:
    const flow::Plan& plan_;
    std::uint32_t version_;
    const std::string& trigger_;
    const Value& event_;
    const Value& config_;
};

}  // namespace tappet::trigger
