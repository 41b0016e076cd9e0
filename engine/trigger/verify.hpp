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
    /// The challenge of a 401 (WWW-Authenticate); empty when the scheme has none.
    virtual std::string challenge() const { return {}; }
};

/// Gives a preset's verifier with its secrets; fails as invalid when the settings are not usable.
Result<std::unique_ptr<Verifier>> make_verifier(const flow::VerifyPlan& plan,
                                                std::vector<std::string> secrets);

// One file each in verify/.
std::unique_ptr<Verifier> make_none();
Result<std::unique_ptr<Verifier>> make_basic(
    std::vector<std::string> secrets);  ///< secrets are "user:password" (RFC 7617)
Result<std::unique_ptr<Verifier>> make_bearer(
    std::vector<std::string> secrets);  ///< secrets are tokens (RFC 6750)
Result<std::unique_ptr<Verifier>> make_hmac(const flow::VerifyPlan& plan, std::vector<std::string> secrets);

}  // namespace tappet::trigger
