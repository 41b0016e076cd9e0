#include "trigger/verify.hpp"
#include "trigger/verify/hmac_template.hpp"

namespace tappet::trigger {

MadeVerifier make_shopify(Texts secrets) { return make_hmac(shopify_as_hmac().plan, std::move(secrets)); }

}  // namespace tappet::trigger
