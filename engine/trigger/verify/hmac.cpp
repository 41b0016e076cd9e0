#include <array>
#include <charconv>
#include <chrono>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"
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

std::optional<TimeMs> read_unix_time(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    constexpr std::int64_t kFirstThatIsMilliseconds = 100'000'000'000;  // as seconds: the year 5138
    if (number >= kFirstThatIsMilliseconds) return TimeMs{number};
    return TimeMs{number * 1000};
}

class Hmac final : public Verifier {
public:
    Hmac(vault::Hash hash, const flow::VerifyPlan& plan, std::string header, std::vector<Part> parts,
         std::vector<std::string> secrets)
        : hash_(hash),
          hex_(plan.encoding != "base64"),
          header_(std::move(header)),
          prefix_(plan.prefix),
          tolerance_(plan.tolerance),
          parts_(std::move(parts)),
          secrets_(std::move(secrets)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        const auto given = request.headers.get(header_);
        if (!given) return "the header " + header_ + " is missing";
        if (request.headers.count(header_) > 1) return "the header " + header_ + " is there more than once";
        if (!given->starts_with(prefix_)) return "the header " + header_ + " does not begin as it should";
        const std::string_view encoded = given->substr(prefix_.size());
        const auto signature = hex_ ? from_hex(encoded) : from_base64(encoded);
        if (!signature)
            return "the header " + header_ + " does not hold " + (hex_ ? "hexadecimal digits" : "base64");
        const bool body_alone = parts_.size() == 1 && parts_.front().kind == Part::Kind::body;
        std::string message;
        if (!body_alone)
            if (auto why = build(request, now, message)) return why;
        bool found = false;
        for (const std::string& secret : secrets_)
            found = equal_constant_time(vault::hmac(hash_, secret, body_alone ? request.body : message),
                                        *signature) ||
                    found;
        if (!found) return "the header " + header_ + " holds another signature";
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
                    std::optional<std::string_view> value;
                    for (const auto name : kTimestampHeaders)
                        if (!value) value = request.headers.get(name);
                    if (!value) return "a header with the time of signing is missing, such as X-Timestamp";
                    const auto signed_at = read_unix_time(*value);
                    if (!signed_at) return "the time of signing is no Unix time";
                    if (std::chrono::abs(now - *signed_at) > tolerance_)
                        return "the time of signing is outside the tolerance";
                    message += *value;
                    break;
                }
            }
        }
        return std::nullopt;
    }

    vault::Hash hash_;
    bool hex_;
    std::string header_, prefix_;
    std::chrono::milliseconds tolerance_;
    std::vector<Part> parts_;
    std::vector<std::string> secrets_;
};

}  // namespace

Result<std::unique_ptr<Verifier>> make_hmac(const flow::VerifyPlan& plan, std::vector<std::string> secrets) {
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
    return std::unique_ptr<Verifier>(
        std::make_unique<Hmac>(*hash, plan, lower(plan.header), std::move(*parts), std::move(secrets)));
}

}  // namespace tappet::trigger
