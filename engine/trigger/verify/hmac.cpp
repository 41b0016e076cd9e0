#include <algorithm>
#include <array>
#include <chrono>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/signed_parts.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

/// A piece of what is signed: a text, the body, a header, or the time of signing.
struct Part {
    enum class Kind { text, body, header, timestamp } kind = Kind::text;
    std::string text;  ///< the text, or the header's name in lower case
};

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Result<std::vector<Part>> parse_template(std::string_view source) {
    std::vector<Part> parts;
    while (!source.empty()) {
        const std::size_t open = source.find('{');
        if (open != 0) parts.push_back({Part::Kind::text, std::string(source.substr(0, open))});
        if (open == std::string_view::npos) break;
        const std::size_t close = source.find('}', open);
        if (close == std::string_view::npos)
            return Error::invalid("verify: the template has a { without its }");
        const std::string name(source.substr(open + 1, close - open - 1));
        if (name == "body")
            parts.push_back({Part::Kind::body, ""});
        else if (name.starts_with("header:") && name.size() > 7)
            parts.push_back({Part::Kind::header, lower(name.substr(7))});
        else if (name == "timestamp")
            parts.push_back({Part::Kind::timestamp, ""});
        else
            return Error::invalid("verify: {" + name +
                                  "} is not known in a template; use {body}, {header:NAME} or {timestamp}");
        source.remove_prefix(close + 1);
    }
    return parts;
}

/// Headers that carry the time of signing, the first one present counts: Unix time in seconds or
/// milliseconds.
constexpr std::array<std::string_view, 5> kTimestampHeaders{
    "webhook-timestamp", "x-timestamp", "x-request-timestamp", "x-signature-timestamp", "timestamp"};

/// Whether the hexadecimal digits are all written alike: a signature has one text, not one for each letter.
bool is_one_case(std::string_view digits) {
    return std::none_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; }) ||
           std::none_of(digits.begin(), digits.end(), [](char c) { return c >= 'a' && c <= 'f'; });
}

class Hmac final : public Verifier {
public:
    Hmac(vault::Hash hash, const flow::VerifyPlan& plan, std::string header, std::vector<Part> parts,
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
        const bool body_alone = parts_.size() == 1 && parts_.front().kind == Part::Kind::body;
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
        for (const Part& part : parts_) {
            switch (part.kind) {
                case Part::Kind::text:
                    message += part.text;
                    break;
                case Part::Kind::body:
                    message += request.body;
                    break;
                case Part::Kind::header: {
                    const auto value = request.headers.get(part.text);
                    if (!value) return "the header " + part.text + " is missing";
                    message += *value;
                    break;
                }
                case Part::Kind::timestamp: {
                    const std::string name = time_header(request);
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

    std::string time_header(const http::Request& request) const {
        if (!time_header_.empty()) return time_header_;
        for (const auto name : kTimestampHeaders)
            if (request.headers.get(name)) return std::string(name);
        return "x-timestamp";
    }

    vault::Hash hash_;
    bool hex_;
    std::string header_, prefix_, time_header_;
    std::chrono::milliseconds tolerance_;
    std::vector<Part> parts_;
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
    auto parts = parse_template(plan.body_template.empty() ? "{body}" : plan.body_template);
    if (!parts) return parts.error();
    return std::unique_ptr<Verifier>(std::make_unique<Hmac>(
        *hash, plan, lower(plan.header), std::move(*parts), time_header, std::move(secrets)));
}

}  // namespace tappet::trigger
