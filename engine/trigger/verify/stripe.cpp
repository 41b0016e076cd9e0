#include <algorithm>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

constexpr std::string_view kHeader = "stripe-signature";

/// "t=TIME,v1=HEX,v1=HEX": HMAC of "TIME.body", one for each secret that the sender has in use.
class Stripe final : public Verifier {
public:
    Stripe(std::chrono::milliseconds tolerance, Texts secrets)
        : tolerance_(tolerance), secrets_(std::move(secrets)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        if (auto why = not_once(request, kHeader)) return why;
        std::string_view rest = *request.headers.get(kHeader), time;
        std::vector<std::string> signatures;
        while (!rest.empty()) {
            std::string_view value = take_until(rest, ',');
            const std::string_view name = take_until(value, '=');
            if (name == "t" && !time.empty()) return "the header stripe-signature holds two times";
            if (name == "t") time = value;
            if (name == "v1" && signatures.size() < kMaxSignatures && is_lower_hex(value))
                signatures.push_back(*from_hex(value));
        }
        if (time.empty()) return "the header stripe-signature holds no time";
        if (signatures.empty()) return "the header stripe-signature holds no signature v1";
        if (auto why = out_of_time(kHeader, time, now, tolerance_)) return why;
        const std::string message = std::string(time) + "." + request.body;
        bool found = false;
        for (const std::string& signature : signatures)
            found = is_hmac_of_any(vault::Hash::sha256, secrets_, message, signature) || found;
        if (!found) return "the header stripe-signature holds another signature";
        return std::nullopt;
    }

private:
    static bool is_lower_hex(std::string_view text) {
        return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
               });
    }

    std::chrono::milliseconds tolerance_;
    Texts secrets_;
};

}  // namespace

MadeVerifier make_stripe(const flow::VerifyPlan& plan, Texts secrets) {
    return std::unique_ptr<Verifier>(std::make_unique<Stripe>(plan.tolerance, std::move(secrets)));
}

}  // namespace tappet::trigger
