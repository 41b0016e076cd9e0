#include "trigger/verify.hpp"

namespace tappet::trigger {

// X-Hub-Signature, which GitHub still sends, is SHA-1 and never looked at.
MadeVerifier make_github(Texts secrets) {
    flow::VerifyPlan plan;
    plan.header = "x-hub-signature-256";
    plan.prefix = "sha256=";
    return make_hmac(plan, std::move(secrets));
}

}  // namespace tappet::trigger
