#include "base/encoding.hpp"
#include "trigger/sign.hpp"
#include "trigger/verify/hmac_template.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {

Result<http::Headers> sign_hmac(const flow::VerifyPlan& plan, const Unsigned& what,
                                std::string_view time_header) {
    const auto hash = vault::parse_hash(plan.algorithm.empty() ? "sha256" : plan.algorithm);
    if (!hash)
        return Error::invalid("sign: algorithm " + plan.algorithm +
                              " is not known; use sha256, sha512 or sha1");
    if (plan.header.empty())
        return Error::invalid("sign: preset hmac needs the header that carries the signature");
    const auto parts = parse_hmac_template(plan.body_template);
    if (!parts) return parts.error();
    http::Headers out;
    std::string message;
    for (const HmacPart& part : *parts) {
        std::string name = part.text;
        switch (part.kind) {
            case HmacPart::Kind::text:
                message += part.text;
                break;
            case HmacPart::Kind::body:
                message += what.request.body;
                break;
            case HmacPart::Kind::timestamp: {
                name = time_header.empty() ? timestamp_header_of(what.request) : std::string(time_header);
                const auto given = what.request.headers.get(name);
                const std::string time = given ? std::string(*given) : std::to_string(what.now.ms / 1000);
                if (!given) out.set(name, time);
                message += time;
                break;
            }
            case HmacPart::Kind::header: {
                const auto given = what.request.headers.get(name);
                const auto made = out.get(name);
                if (!given && !made)
                    return Error::invalid("sign: the header " + name +
                                          " is part of what is signed: give the request that header");
                message += given ? *given : *made;
                break;
            }
        }
    }
    const std::string mac = vault::hmac(*hash, what.secret, message);
    out.set(plan.header, plan.prefix + (plan.encoding == "base64" ? to_base64(mac) : to_hex(mac)));
    return out;
}

}  // namespace tappet::trigger
