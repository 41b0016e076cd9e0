#include <algorithm>
#include <chrono>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/hmac_template.hpp"
#include "trigger/verify/signed_parts.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// Whether the hexadecimal digits are all written alike: a signature has one text, not one for each letter.
bool is_one_case(std::string_view digits) {
    return std::none_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; }) ||
           std::none_of(digits.begin(), digits.end(), [](char c) { return c >= 'a' && c <= 'f'; });
}

class Hmac final : public Verifier {
public:
    Hmac(vault::Hash hash, const flow::VerifyPlan& plan, std::string header, std::vector<HmacPart> parts,
         std::string_view time_header, Texts secrets)
        : hash_(hash),
          hex_(plan.encoding != "base64"),
          header_(std::move(header)),
          prefix_(plan.prefix),
          time_header_(time_header),
          tolerance_(plan.tolerance),
          parts_(std::move(parts)),
          secrets_(std::move(secrets)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        const auto given = request.headers.get(header_);
        if (auto why = not_once(request, header_)) return why;
        if (!given->starts_with(prefix_)) return "the header " + header_ + " does not begin as it should";
        const std::string_view encoded = given->substr(prefix_.size());
        auto signature = hex_ ? from_hex(encoded) : from_base64(encoded);
        if (hex_ && !is_one_case(encoded)) signature.reset();
        if (!signature)
            return "the header " + header_ + " does not hold " + (hex_ ? "hexadecimal digits" : "base64");
        const bool body_alone = parts_.size() == 1 && parts_.front().kind == HmacPart::Kind::body;
        std::string message;
        if (!body_alone)
            if (auto why = build(request, now, message)) return why;
        if (!is_hmac_of_any(hash_, secrets_, body_alone ? request.body : message, *signature))
            return "the header " + header_ + " holds another signature";
        return std::nullopt;
    }

private:
    /// Puts together what was signed; says what is missing or out of time.
    std::optional<std::string> build(const http::Request& request, TimeMs now, std::string& message) const {
        for (const HmacPart& part : parts_) {
            switch (part.kind) {
                case HmacPart::Kind::text:
                    message += part.text;
                    break;
                case HmacPart::Kind::body:
                    message += request.body;
                    break;
                case HmacPart::Kind::header: {
                    const auto value = request.headers.get(part.text);
                    if (!value) return "the header " + part.text + " is missing";
                    message += *value;
                    break;
                }
                case HmacPart::Kind::timestamp: {
                    const std::string name =
                        time_header_.empty() ? timestamp_header_of(request) : time_header_;
                    if (auto why = not_once(request, name)) return why;
                    const auto value = request.headers.get(name);
                    if (auto why = out_of_time(name, *value, now, tolerance_)) return why;
                    message += *value;
                    break;
                }
            }
        }
        return std::nullopt;
    }

    vault::Hash hash_;
    bool hex_;
    std::string header_, prefix_, time_header_;
    std::chrono::milliseconds tolerance_;
    std::vector<HmacPart> parts_;
    Texts secrets_;
};

}  // namespace

MadeVerifier make_hmac(const flow::VerifyPlan& plan, Texts secrets, std::string_view time_header) {
    const auto hash = vault::parse_hash(plan.algorithm.empty() ? "sha256" : plan.algorithm);
    if (!hash)
        return Error::invalid("verify: algorithm " + plan.algorithm +
                              " is not known; use sha256, sha512 or sha1");
    if (!plan.encoding.empty() && plan.encoding != "hex" && plan.encoding != "base64")
        return Error::invalid("verify: encoding " + plan.encoding + " is not known; use hex or base64");
    if (plan.header.empty())
        return Error::invalid("verify: preset hmac needs the header that carries the signature");
    auto parts = parse_hmac_template(plan.body_template);
    if (!parts) return parts.error();
    return std::unique_ptr<Verifier>(std::make_unique<Hmac>(
        *hash, plan, lower(plan.header), std::move(*parts), time_header, std::move(secrets)));
}

}  // namespace tappet::trigger
