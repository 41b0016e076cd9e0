#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace tappet::test {

/// A pair of keys that is made for a test, and signs as senders do.
class Signer {
public:
    enum class Kind { ed25519, rsa, p256 };
    explicit Signer(Kind kind);  ///< RSA: 2048 bits

    std::string public_der() const;  ///< SubjectPublicKeyInfo
    std::string public_pem() const;
    std::string private_pem() const;  ///< PKCS#8
    /// Ed25519 of the message, RSA (PKCS#1 v1.5, or PSS) or ECDSA (r and s) of its SHA-256.
    std::string sign(std::string_view message, bool pss = false) const;

private:
    Kind kind_;
    std::shared_ptr<void> key_;
};

}  // namespace tappet::test
