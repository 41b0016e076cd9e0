#pragma once
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace tappet::vault {

enum class KeyKind { ed25519, rsa, p256 };
/// How a message was signed. ECDSA signatures are r and s of 32 bytes each, as in JWS; RSA has PKCS#1 v1.5
/// padding, or PSS with a salt of 32 bytes.
enum class Signing { ed25519, rsa_sha256, rsa_pss_sha256, ecdsa_sha256 };

/// A public key to check signatures with. Immutable, cheap to copy; any thread.
/// Keys that sign nothing are refused as invalid: RSA below 2048 bits, with an exponent of 1 or an even one,
/// or of the kind that ROCA (CVE-2017-15361) breaks; points that are not on the curve.
class PublicKey {
public:
    /// A SubjectPublicKeyInfo as PEM ("-----BEGIN PUBLIC KEY-----"), or as base64 of its DER.
    static Result<PublicKey> read(std::string_view text);
    static Result<PublicKey> ed25519(std::string_view raw);  ///< 32 bytes
    /// Modulus and exponent, big-endian.
    static Result<PublicKey> rsa(std::string_view n, std::string_view e);
    /// The coordinates of a point of P-256, big-endian, 32 bytes each.
    static Result<PublicKey> p256(std::string_view x, std::string_view y);

    KeyKind kind() const { return kind_; }
    /// Whether the signature is of this message with this key; false also where the key is of another kind.
    bool verify(Signing how, std::string_view message, std::string_view signature) const;

private:
    using Handle = std::shared_ptr<void>;  // EVP_PKEY
    PublicKey(KeyKind kind, Handle key) : kind_(kind), key_(std::move(key)) {}
    static Result<PublicKey> checked(Handle key);

    KeyKind kind_;
    Handle key_;
};

}  // namespace tappet::vault
