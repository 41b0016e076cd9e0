#pragma once
#include <string>

#include "base/encoding.hpp"
#include "support/signer.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {

/// A token of header and claims in JSON, without its signature.
inline std::string unsigned_token(const std::string& header, const std::string& claims) {
    return to_base64url(header) + "." + to_base64url(claims);
}
inline std::string signed_token(const std::string& header, const std::string& claims,
                                const std::string& secret, vault::Hash hash = vault::Hash::sha256) {
    const std::string text = unsigned_token(header, claims);
    return text + "." + to_base64url(vault::hmac(hash, secret, text));
}
inline std::string signed_token(const std::string& header, const std::string& claims,
                                const test::Signer& signer, bool pss = false) {
    const std::string text = unsigned_token(header, claims);
    return text + "." + to_base64url(signer.sign(text, pss));
}

}  // namespace tappet::trigger
