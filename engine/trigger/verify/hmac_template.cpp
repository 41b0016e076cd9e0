#include "trigger/verify/hmac_template.hpp"

namespace tappet::trigger {
namespace {

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace

Result<std::vector<HmacPart>> parse_hmac_template(std::string_view source) {
    if (source.empty()) source = "{body}";
    std::vector<HmacPart> parts;
    while (!source.empty()) {
        const std::size_t open = source.find('{');
        if (open != 0) parts.push_back({HmacPart::Kind::text, std::string(source.substr(0, open))});
        if (open == std::string_view::npos) break;
        const std::size_t close = source.find('}', open);
        if (close == std::string_view::npos)
            return Error::invalid("verify: the template has a { without its }");
        const std::string name(source.substr(open + 1, close - open - 1));
        if (name == "body")
            parts.push_back({HmacPart::Kind::body, ""});
        else if (name.starts_with("header:") && name.size() > 7)
            parts.push_back({HmacPart::Kind::header, lower(name.substr(7))});
        else if (name == "timestamp")
            parts.push_back({HmacPart::Kind::timestamp, ""});
        else
            return Error::invalid("verify: {" + name +
                                  "} is not known in a template; use {body}, {header:NAME} or {timestamp}");
        source.remove_prefix(close + 1);
    }
    return parts;
}

std::string timestamp_header_of(const http::Request& request) {
    for (const auto name : kTimestampHeaders)
        if (request.headers.get(name)) return std::string(name);
    return "x-timestamp";
}

// X-Hub-Signature, which GitHub still sends, is SHA-1 and never looked at.
HmacPreset github_as_hmac() {
    HmacPreset out;
    out.plan.header = "x-hub-signature-256";
    out.plan.prefix = "sha256=";
    return out;
}

HmacPreset shopify_as_hmac() {
    HmacPreset out;
    out.plan.header = "x-shopify-hmac-sha256";
    out.plan.encoding = "base64";
    return out;
}

HmacPreset slack_as_hmac() {
    HmacPreset out;
    out.plan.header = "x-slack-signature";
    out.plan.prefix = "v0=";
    out.plan.body_template = "v0:{timestamp}:{body}";
    out.time_header = "x-slack-request-timestamp";
    return out;
}

}  // namespace tappet::trigger
