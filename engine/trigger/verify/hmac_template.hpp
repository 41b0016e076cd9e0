#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// A piece of what preset hmac signs: a text, the body, a header, or the time of signing.
struct HmacPart {
    enum class Kind { text, body, header, timestamp } kind = Kind::text;
    std::string text;  ///< the text, or the header's name in lower case
};

/// The parts of a template such as "{timestamp}.{body}"; of the body alone where it is empty.
Result<std::vector<HmacPart>> parse_hmac_template(std::string_view source);

/// Headers that carry the time of signing, the first one present counts: Unix time in seconds or
/// milliseconds.
constexpr std::array<std::string_view, 5> kTimestampHeaders{
    "webhook-timestamp", "x-timestamp", "x-request-timestamp", "x-signature-timestamp", "timestamp"};
/// The one of them that the request has; without one, the one to ask for.
std::string timestamp_header_of(const http::Request& request);

/// What a platform's preset is in the settings of preset hmac.
struct HmacPreset {
    flow::VerifyPlan plan;
    std::string_view time_header;  ///< that {timestamp} means; empty: the usual ones
};
HmacPreset github_as_hmac();
HmacPreset shopify_as_hmac();
HmacPreset slack_as_hmac();

}  // namespace tappet::trigger
