#include "base/encoding.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/signed_parts.hpp"
#include "trigger/verify/standard_webhooks_key.hpp"
#include "vault/public_key.hpp"

namespace tappet::trigger {
namespace {

/// Signatures of "id.time.body", by HMAC (v1) or Ed25519 (v1a), several beside each other.
class StandardWebhooks final : public Verifier {
public:
    StandardWebhooks(std::chrono::milliseconds tolerance, Texts keys,
                     std::vector<vault::PublicKey> public_keys)
        : tolerance_(tolerance), keys_(std::move(keys)), public_keys_(std::move(public_keys)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        // Svix, where the scheme comes from, has names of its own; one set of names counts, never a mixture.
        const bool svix = !request.headers.get("webhook-signature") && request.headers.get("svix-signature");
        const std::string prefix = svix ? "svix-" : "webhook-";
        for (const char* name : {"id", "timestamp", "signature"})
            if (auto why = not_once(request, prefix + name)) return why;
        const std::string_view id = *request.headers.get(prefix + "id");
        const std::string_view time = *request.headers.get(prefix + "timestamp");
        if (id.empty()) return "the header " + prefix + "id is empty";
        if (auto why = out_of_time(prefix + "timestamp", time, now, tolerance_)) return why;
        std::string message;
        message.reserve(id.size() + time.size() + request.body.size() + 2);
        message.append(id).append(".").append(time).append(".").append(request.body);
        std::string_view rest = *request.headers.get(prefix + "signature");
        bool found = false;
        for (std::size_t looked_at = 0; !rest.empty() && looked_at < kMaxSignatures; ++looked_at)
            found = holds(take_until(rest, ' '), message) || found;
        if (!found) return "the header " + prefix + "signature holds another signature";
        return std::nullopt;
    }

private:
    bool holds(std::string_view listed, std::string_view message) const {
        const std::string_view version = take_until(listed, ',');
        const auto signature = from_base64(listed);
        if (!signature) return false;
        bool found = false;
        if (version == "v1") found = is_hmac_of_any(vault::Hash::sha256, keys_, message, *signature);
        if (version == "v1a")
            for (const vault::PublicKey& key : public_keys_)
                found = key.verify(vault::Signing::ed25519, message, *signature) || found;
        return found;
    }

    std::chrono::milliseconds tolerance_;
    Texts keys_;  ///< of HMAC, decoded
    std::vector<vault::PublicKey> public_keys_;
};

}  // namespace

MadeVerifier make_standard_webhooks(const flow::VerifyPlan& plan, Texts secrets) {
    Texts keys;
    std::vector<vault::PublicKey> public_keys;
    for (std::string_view secret : secrets) {
        if (secret.starts_with("whsk_"))
            return Error::invalid(
                "verify: a secret of preset standard-webhooks is a private key (whsk_); to verify takes the "
                "public one (whpk_)");
        const bool is_public = secret.starts_with("whpk_");
        if (is_public) take_until(secret, '_');
        const auto bytes = is_public ? from_base64(secret) : read_standard_webhooks_key(secret);
        if (!bytes || bytes->empty())
            return Error::invalid(
                "verify: a secret of preset standard-webhooks is written whsec_ or whpk_ and base64");
        if (!is_public) {
            keys.push_back(*bytes);
            continue;
        }
        auto key = vault::PublicKey::ed25519(*bytes);
        if (!key)
            return Error::invalid("verify: a secret of preset standard-webhooks: " + key.error().message);
        public_keys.push_back(std::move(*key));
    }
    return std::unique_ptr<Verifier>(
        std::make_unique<StandardWebhooks>(plan.tolerance, std::move(keys), std::move(public_keys)));
}

}  // namespace tappet::trigger
