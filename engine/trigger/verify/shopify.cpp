#include "trigger/verify.hpp"

namespace tappet::trigger {

MadeVerifier make_shopify(Texts secrets) {
    flow::VerifyPlan plan;
    plan.header = "x-shopify-hmac-sha256";
    plan.encoding = "base64";
    return make_hmac(plan, std::move(secrets));
}

}  // namespace tappet::trigger
