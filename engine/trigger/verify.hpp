#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// Decides whether a request comes from whom the trigger trusts. Immutable; any thread. Works on the raw
/// bytes and in time that does not depend on the secret.
class Verifier {
public:
    virtual ~Verifier() = default;
    /// Nothing when it does; else what is missing or wrong, naming the header, never what was expected.
    virtual std::optional<std::string> refuse(const http::Request& request, TimeMs now) const = 0;
    /// Whether a request that passes is known to come from the holder of a secret.
    virtual bool authenticates() const { return true; }
    /// The answer to a request that passes and only asks whether this address is there; it is no event.
    virtual std::optional<http::Response> greet(const http::Request&) const { return std::nullopt; }
    /// The challenge of a 401 (WWW-Authenticate); empty when the scheme has none.
    virtual std::string challenge() const { return {}; }
};

/// Gives a preset's verifier with its secrets; fails as invalid when the settings are not usable.
Result<std::unique_ptr<Verifier>> make_verifier(const flow::VerifyPlan& plan,
                                                std::vector<std::string> secrets);

// One file each in verify/. `secrets` are one or two that are not empty, unless another number is named.
using MadeVerifier = Result<std::unique_ptr<Verifier>>;
using Texts = std::vector<std::string>;
std::unique_ptr<Verifier> make_none();
MadeVerifier make_basic(Texts secrets);   ///< secrets are "user:password" (RFC 7617)
MadeVerifier make_bearer(Texts secrets);  ///< secrets are tokens (RFC 6750)
/// `time_header` is the one that {timestamp} of the template means; empty: the usual ones.
MadeVerifier make_hmac(const flow::VerifyPlan& plan, Texts secrets, std::string_view time_header = {});
MadeVerifier make_github(Texts secrets);
MadeVerifier make_shopify(Texts secrets);
MadeVerifier make_slack(const flow::VerifyPlan& plan, Texts secrets);
MadeVerifier make_stripe(const flow::VerifyPlan& plan, Texts secrets);
/// Secrets are whsec_ and base64 of a key of HMAC, or whpk_ and base64 of a public key of Ed25519.
MadeVerifier make_standard_webhooks(const flow::VerifyPlan& plan, Texts secrets);
/// Secrets are public keys (SPKI) in place of the published ones; none: the published ones.
MadeVerifier make_saas(const flow::VerifyPlan& plan, Texts secrets);
/// Secrets are keys, or JWKs or JWK sets as JSON.
MadeVerifier make_jwt(const flow::VerifyPlan& plan, Texts secrets);
MadeVerifier make_ip(const flow::VerifyPlan& plan);

}  // namespace tappet::trigger
