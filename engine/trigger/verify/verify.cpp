#include "trigger/verify.hpp"

namespace tappet::trigger {
namespace {

class None final : public Verifier {
public:
    std::optional<std::string> refuse(const http::Request&, TimeMs) const override { return std::nullopt; }
    bool authenticates() const override { return false; }
};

}  // namespace

std::unique_ptr<Verifier> make_none() { return std::make_unique<None>(); }

MadeVerifier make_verifier(const flow::VerifyPlan& plan, Texts secrets) {
    const std::string& preset = plan.preset;
    if (preset == "none") return make_none();
    if (preset == "ip") return make_ip(plan);
    for (const std::string& secret : secrets)
        if (secret.empty()) return Error::invalid("verify: a secret is empty");
    if (preset == "saas") return make_saas(plan, std::move(secrets));
    if (secrets.empty()) return Error::invalid("verify: preset " + preset + " needs a secret");
    if (preset == "basic") return make_basic(std::move(secrets));
    if (preset == "bearer") return make_bearer(std::move(secrets));
    if (preset == "hmac") return make_hmac(plan, std::move(secrets));
    if (preset == "github") return make_github(std::move(secrets));
    if (preset == "shopify") return make_shopify(std::move(secrets));
    if (preset == "slack") return make_slack(plan, std::move(secrets));
    if (preset == "stripe") return make_stripe(plan, std::move(secrets));
    if (preset == "standard-webhooks") return make_standard_webhooks(plan, std::move(secrets));
    if (preset == "jwt") return make_jwt(plan, std::move(secrets));
    return Error::invalid("verify: unknown preset " + preset);
}

}  // namespace tappet::trigger
