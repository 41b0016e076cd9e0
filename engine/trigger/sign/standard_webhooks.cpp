#include "trigger/sign/standard_webhooks.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "trigger/verify/standard_webhooks_key.hpp"
#include "vault/digest.hpp"
#include "vault/private_key.hpp"

namespace tappet::trigger {
namespace {

constexpr std::string_view kPrivate = "whsk_";

/// What is signed is "id.time.body": a dot in the id would let two messages have one text.
bool is_usable(std::string_view id) {
    return !id.empty() && std::none_of(id.begin(), id.end(),
                                       [](unsigned char c) { return c <= ' ' || c == '.' || c >= 0x7f; });
}

Result<vault::PrivateKey> read_private(std::string_view secret) {
    if (!secret.starts_with(kPrivate)) return vault::PrivateKey::read(secret);
    return vault::PrivateKey::ed25519(from_base64(secret.substr(kPrivate.size())).value_or(std::string()));
}

Error unusable(const Error& why) {
    return Error::invalid("sign: a secret of standard-webhooks: " + why.message);
}

Result<std::string> sign_by(const std::string& secret, std::string_view message) {
    if (secret.starts_with(kPrivate) || secret.starts_with("-----BEGIN")) {
        const auto key = read_private(secret);
        if (!key) return unusable(key.error());
        const auto signature = key->sign(vault::Signing::ed25519, message);
        if (!signature) return unusable(signature.error());
        return "v1a," + to_base64(*signature);
    }
    if (secret.starts_with("whpk_"))
        return Error::invalid(
            "sign: a secret of standard-webhooks is a public key (whpk_); to sign takes the private one "
            "(whsk_)");
    const auto key = read_standard_webhooks_key(secret);
    if (!key)
        return Error::invalid("sign: a secret of standard-webhooks is written whsec_ or whsk_ and base64");
    return "v1," + to_base64(vault::hmac(vault::Hash::sha256, *key, message));
}

}  // namespace

Result<http::Headers> sign_standard_webhooks(std::span<const std::string> secrets, std::string_view id,
                                             TimeMs now, std::string_view body) {
    if (secrets.empty()) return Error::invalid("sign: standard-webhooks needs a secret");
    if (!is_usable(id))
        return Error::invalid(
            "sign: the id of a message of standard-webhooks has no dot, space or control character, and is "
            "not empty");
    const std::string time = std::to_string(now.ms / 1000);
    std::string message;
    message.reserve(id.size() + time.size() + body.size() + 2);
    message.append(id).append(".").append(time).append(".").append(body);
    std::string signatures;
    for (const std::string& secret : secrets) {
        const auto one = sign_by(secret, message);
        if (!one) return one.error();
        signatures += (signatures.empty() ? "" : " ") + *one;
    }
    http::Headers out;
    out.add("webhook-id", std::string(id));
    out.add("webhook-timestamp", time);
    out.add("webhook-signature", signatures);
    return out;
}

}  // namespace tappet::trigger
