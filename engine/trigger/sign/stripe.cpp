#include "base/encoding.hpp"
#include "trigger/sign.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {

Result<http::Headers> sign_stripe(const Unsigned& what) {
    const std::string time = std::to_string(what.now.ms / 1000);
    const std::string mac = vault::hmac(vault::Hash::sha256, what.secret, time + "." + what.request.body);
    return http::Headers{{"stripe-signature", "t=" + time + ",v1=" + to_hex(mac)}};
}

}  // namespace tappet::trigger
