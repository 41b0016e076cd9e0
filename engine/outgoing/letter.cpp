#include "outgoing/letter.hpp"

#include <algorithm>
#include <vector>

#include "trigger/sign/standard_webhooks.hpp"

namespace tappet::outgoing {
namespace {

Result<Value> text_of(const flow::Template& made, const trigger::SettingsActivation& names,
                      const std::string& what) {
    auto out = made.evaluate(names);
    if (!out.ok) return Error::invalid(what + ": " + out.error.message);
    if (!out.value.is(Kind::string) || out.value.as_string().empty())
        return Error::invalid(what + " is no text");
    return std::move(out.value);
}

}  // namespace

Result<Letter> write_letter(const store::OutgoingMessage& message, runtime::Flows& flows,
                            runtime::ConfigVars& vars, const trigger::FindSecret& secret, TimeMs now) {
    const auto flow = flows.version(message.to.tenant, message.to.flow, message.version);
    if (!flow) return flow.error();
    const auto& addresses = (*flow)->plan->notify;
    const auto address = std::ranges::find(addresses, message.to.name, &flow::NotifyPlan::id);
    if (address == addresses.end())
        return Error::not_found("version " + std::to_string(message.version) +
                                " of the flow has no such address");
    return write_letter(message, **flow, *address, vars, secret, now);
}

Result<Letter> write_letter(const store::OutgoingMessage& message, const runtime::Flow& flow,
                            const flow::NotifyPlan& address, runtime::ConfigVars& vars,
                            const trigger::FindSecret& secret, TimeMs now) {
    const auto config = vars.of(flow);
    if (!config) return config.error();
    const trigger::SettingsActivation names(flow, *config, secret);
    const auto url = text_of(address.url, names, "url");
    if (!url) return url.error();
    std::vector<std::string> secrets;
    for (const flow::Template& one : address.secrets) {
        const auto made = text_of(one, names, "secrets");
        if (!made) return made.error();
        secrets.emplace_back(made->as_string());
    }
    auto headers = trigger::sign_standard_webhooks(secrets, message.id.text(), now, message.body);
    if (!headers) return headers.error();
    headers->add("content-type", "application/json");
    Letter out;
    out.request.method = "POST";
    out.request.url = url->as_string();
    out.request.headers = std::move(*headers);
    out.request.body = message.body;
    out.request.timeout = kTimeout;
    out.request.redirects = 0;
    out.request.max_body = kMaxAnswer;
    out.secret_url = url->holds_secret();
    return out;
}

}  // namespace tappet::outgoing
