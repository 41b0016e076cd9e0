#include <algorithm>
#include <cmath>

#include "expr/json.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/authorization.hpp"
#include "trigger/verify/jws.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

bool is_text(const Value* value, std::string_view text) {
    return value && value->is(Kind::string) && value->as_string() == text;
}

/// Seconds of Unix time; nothing when it is no number that a clock shows.
std::optional<double> seconds_of(const Value& value) {
    if (value.is(Kind::integer)) return static_cast<double>(value.as_integer());
    if (value.is(Kind::number) && std::isfinite(value.as_number())) return value.as_number();
    return std::nullopt;
}

/// A token of the sender's in a header (RFC 7519). It says who sends and not what: the body is not signed.
class Jwt final : public Verifier {
public:
    Jwt(const flow::VerifyPlan& plan, JwsKeys keys)
        : header_(plan.header.empty() ? "authorization" : plan.header),
          audience_(plan.audience),
          issuer_(plan.issuer),
          skew_(static_cast<double>(plan.tolerance.count()) / 1000),
          keys_(std::move(keys)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        if (auto why = not_once(request, header_)) return why;
        std::string_view token = *request.headers.get(header_);
        const auto bare = after_scheme(token, "bearer");
        if (bare) token = *bare;
        const bool needs_scheme = http::same_name(header_, "authorization");
        if (needs_scheme && !bare) return "the header " + header_ + " is not of scheme Bearer";
        const auto payload = keys_.open(token);
        if (!payload) return "the token in the header " + header_ + " " + payload.error().message;
        const JsonParsed claims = parse_json(*payload);
        if (!claims.ok || !claims.value.is(Kind::map))
            return "the token in the header " + header_ + " holds no claims";
        if (const char* why = wrong_claim(claims.value, static_cast<double>(now.ms) / 1000))
            return "the token in the header " + header_ + " " + why;
        return std::nullopt;
    }
    std::string challenge() const override { return "Bearer realm=\"hook\""; }

private:
    const char* wrong_claim(const Value& claims, double now) const {
        const Value* exp = claims.find("exp");
        const auto until = exp ? seconds_of(*exp) : std::nullopt;
        if (!until) return "does not say until when it holds (exp)";
        if (now >= *until + skew_) return "has expired (exp)";
        if (const Value* nbf = claims.find("nbf")) {
            const auto from = seconds_of(*nbf);
            if (!from || now < *from - skew_) return "does not hold yet (nbf)";
        }
        if (!issuer_.empty() && !is_text(claims.find("iss"), issuer_)) return "is of another issuer (iss)";
        if (!audience_.empty() && !is_for_us(claims.find("aud"))) return "is for another audience (aud)";
        return nullptr;
    }
    bool is_for_us(const Value* aud) const {
        if (!aud || !aud->is(Kind::list)) return is_text(aud, audience_);
        const auto items = aud->items();
        return std::any_of(items.begin(), items.end(),
                           [&](const Value& one) { return is_text(&one, audience_); });
    }

    std::string header_, audience_, issuer_;
    double skew_;  ///< seconds
    JwsKeys keys_;
};

}  // namespace

MadeVerifier make_jwt(const flow::VerifyPlan& plan, Texts secrets) {
    auto keys = JwsKeys::read(secrets, plan.algorithms);
    if (!keys) return keys.error();
    return std::unique_ptr<Verifier>(std::make_unique<Jwt>(plan, std::move(*keys)));
}

}  // namespace tappet::trigger
