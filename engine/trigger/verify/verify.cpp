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

Result<std::unique_ptr<Verifier>> make_verifier(const flow::VerifyPlan& plan,
                                                std::vector<std::string> secrets) {
    if (plan.preset == "none") return make_none();
    for (const std::string& secret : secrets)
        if (secret.empty()) return Error::invalid("verify: a secret is empty");
    if (secrets.empty()) return Error::invalid("verify: preset " + plan.preset + " needs a secret");
    if (plan.preset == "basic") return make_basic(std::move(secrets));
    if (plan.preset == "bearer") return make_bearer(std::move(secrets));
    if (plan.preset == "hmac") return make_hmac(plan, std::move(secrets));
    return Error::invalid("verify: unknown preset " + plan.preset);
}

}  // namespace tappet::trigger
