#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "vault/digest.hpp"
#include "vault/public_key.hpp"

namespace tappet::trigger {

/// Which signatures of JWS (RFC 7515, compact) hold. Immutable; any thread.
class JwsKeys {
public:
    /// Algorithms are of HS256 HS384 HS512 RS256 PS256 ES256 EdDSA, all of secrets or all of public keys: a
    /// set that takes both would take a public key for a secret. A text is a JWK or a JWK set (RFC 7517) as
    /// JSON, else the secret itself (HS…) or a public key as PEM or base64 of its DER. Of a set, keys for
    /// other uses and algorithms are left out. Fails as invalid where a key cannot be used, where two have
    /// one `kid`, and where none is left.
    static Result<JwsKeys> read(std::span<const std::string> texts, std::span<const std::string> algorithms);

    /// The payload of a token that one of the keys signed by one of the algorithms; else what is wrong with
    /// it. A token's `kid` chooses among the keys that have one.
    Result<std::string> open(std::string_view token) const;

private:
    struct Key {
        std::string kid;        ///< empty: none
        std::string algorithm;  ///< the only one; empty: any that fits
        std::string secret;     ///< of HS…
        std::optional<vault::PublicKey> key;
    };
    Result<bool> add_jwk(const Value& jwk);  ///< false: left out
    std::optional<Error> add_text(const std::string& text);
    bool allows(std::string_view algorithm) const;
    bool holds(const Key& key, std::string_view algorithm, std::string_view message,
               std::string_view signature) const;

    std::vector<std::string> algorithms_;
    std::vector<Key> keys_;
};

}  // namespace tappet::trigger
