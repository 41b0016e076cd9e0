#include "base/encoding.hpp"
#include "trigger/sign.hpp"
#include "vault/private_key.hpp"

namespace tappet::trigger {

Result<http::Headers> sign_saas(const Unsigned& what) {
    const auto key = vault::PrivateKey::read(what.secret);
    if (!key)
        return Error::invalid(
            "sign: preset saas signs with a private key of Ed25519 in PEM, whose public half is "
            "the trigger's secret; the platform's own is not to be had: " +
            key.error().message);
    const bool old = key->kind() == vault::KeyKind::rsa && what.plan.legacy;
    const auto how = old ? vault::Signing::rsa_sha256 : vault::Signing::ed25519;
    const auto signature = key->sign(how, what.request.body);
    if (!signature) return Error::invalid("sign: preset saas: " + signature.error().message);
    return http::Headers{{old ? "x-wh-signature" : "x-ghl-signature", to_base64(*signature)}};
}

}  // namespace tappet::trigger
