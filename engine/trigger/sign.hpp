#pragma once
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// A request that is to be signed, and by whom.
struct Unsigned {
    const flow::VerifyPlan&
        plan;                   ///< what the receiver verifies: preset and settings; its secrets are not read
    const std::string& secret;  ///< the sender's own: a shared one, or a private key in PEM
    const http::Request&
        request;          ///< the headers that are sent, as far as they are known, and the whole body
    std::string_view id;  ///< of the message: the same each time that it is sent
    TimeMs now;           ///< of this attempt
};

/// The headers that a sender of the preset adds so that Verifier::refuse says nothing. Presets `none` and
/// `ip` add none. Fails as invalid, never with the secret in the text, where the secret cannot sign for the
/// preset or a header that is to be signed is not there. Pure; any thread.
Result<http::Headers> sign(const Unsigned& what);

/// Whether the headers hold the secret itself, which is to be shown to nobody.
bool shows_secret(std::string_view preset);
/// Whether the sender and the receiver hold the same secret, so that the receiver's serves to sign.
bool shares_secret(const flow::VerifyPlan& plan);

// One file each in sign/; Standard Webhooks in sign/standard_webhooks.hpp.
Result<http::Headers> sign_basic(const Unsigned& what);
Result<http::Headers> sign_bearer(const Unsigned& what);
/// `plan` in place of what.plan; `time_header` as in make_hmac.
Result<http::Headers> sign_hmac(const flow::VerifyPlan& plan, const Unsigned& what,
                                std::string_view time_header = {});
Result<http::Headers> sign_stripe(const Unsigned& what);
/// Secrets are private keys: of Ed25519, or with `legacy` of RSA.
Result<http::Headers> sign_saas(const Unsigned& what);
/// A token that holds for five minutes, by the first of the plan's algorithms that the key is for. Secrets
/// are as in make_jwt, but private keys in place of public ones.
Result<http::Headers> sign_jwt(const Unsigned& what);

}  // namespace tappet::trigger
