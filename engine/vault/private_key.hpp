#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "vault/public_key.hpp"

namespace tappet::vault {

/// A private key to sign with, as senders have one. Immutable, cheap to copy; any thread.
class PrivateKey {
public:
    /// PEM (PKCS#8, or the older forms of RSA and EC), without a passphrase. Fails as invalid where it is
    /// none of Ed25519, RSA of 2048 bits or more, or P-256; the text never holds the key.
    static Result<PrivateKey> read(std::string_view pem);
    /// The 32 bytes of the seed, or these and the 32 bytes of the public key.
    static Result<PrivateKey> ed25519(std::string_view raw);

    KeyKind kind() const { return kind_; }
    /// What PublicKey::verify takes with the public half: fails as invalid where the key is of another kind.
    Result<std::string> sign(Signing how, std::string_view message) const;

private:
    using Handle = std::shared_ptr<void>;  // EVP_PKEY
    PrivateKey(KeyKind kind, Handle key) : kind_(kind), key_(std::move(key)) {}
    static Result<PrivateKey> checked(Handle key);

    KeyKind kind_;
    Handle key_;
};

}  // namespace tappet::vault
