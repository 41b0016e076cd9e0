#include "trigger/sign.hpp"

#include "trigger/sign/standard_webhooks.hpp"
#include "trigger/verify/hmac_template.hpp"

namespace tappet::trigger {

bool shows_secret(std::string_view preset) { return preset == "basic" || preset == "bearer"; }

bool shares_secret(const flow::VerifyPlan& plan) {
    if (plan.preset == "jwt") return !plan.algorithms.empty() && plan.algorithms.front().starts_with("HS");
    return plan.preset != "saas" && plan.preset != "ip" && plan.preset != "none";
}

Result<http::Headers> sign(const Unsigned& what) {
    const std::string& preset = what.plan.preset;
    if (preset == "none" || preset == "ip") return http::Headers{};
    if (what.secret.empty()) return Error::invalid("sign: preset " + preset + " needs a secret");
    if (preset == "saas") return sign_saas(what);
    if (preset == "basic") return sign_basic(what);
    if (preset == "bearer") return sign_bearer(what);
    if (preset == "hmac") return sign_hmac(what.plan, what);
    if (preset == "github") return sign_hmac(github_as_hmac().plan, what);
    if (preset == "shopify") return sign_hmac(shopify_as_hmac().plan, what);
    if (preset == "slack") return sign_hmac(slack_as_hmac().plan, what, slack_as_hmac().time_header);
    if (preset == "stripe") return sign_stripe(what);
    if (preset == "standard-webhooks")
        return sign_standard_webhooks({&what.secret, 1}, what.id, what.now, what.request.body);
    if (preset == "jwt") return sign_jwt(what);
    return Error::invalid("sign: unknown preset " + preset);
}

}  // namespace tappet::trigger
