#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace tappet::flow {

// The presets of `verify`, and which of them takes which key: read by the compiler and by the language's
// schema.

constexpr std::array<std::string_view, 12> kVerifyPresets{"saas",   "standard-webhooks",
                                                          "github", "stripe",
                                                          "slack",  "shopify",
                                                          "hmac",   "basic",
                                                          "bearer", "jwt",
                                                          "ip",     "none"};
constexpr std::array<std::string_view, 7> kJwtAlgorithms{"HS256", "HS384", "HS512", "RS256",
                                                         "PS256", "ES256", "EdDSA"};
constexpr std::array<std::string_view, 2> kChallengeKeys{"meta", "cloudEvents"};
/// A token is made anew for each request, and holds until it says: this is for clocks that differ.
constexpr std::chrono::minutes kJwtTolerance{1};

struct VerifySetting {
    std::string_view key;
    std::string_view type;     ///< of its value, as JSON Schema names it
    std::string_view presets;  ///< that take it, with a space after each; "-": all but those that follow
    std::string_view words;

    constexpr bool belongs_to(std::string_view preset) const {
        std::string_view rest = presets;
        const bool but = rest.starts_with('-');
        if (but) rest.remove_prefix(1);
        while (!rest.empty()) {
            const std::size_t end = rest.find(' ');
            if (rest.substr(0, end) == preset) return !but;
            rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? rest.size() : end + 1));
        }
        return but;
    }
};

constexpr std::array<VerifySetting, 14> kVerifySettings{
    {{"secrets", "array", "-none ip", "one, or two while one replaces the other"},
     {"tolerance", "string", "saas standard-webhooks stripe slack hmac jwt",
      "a duration: how far a signature's time may be from now"},
     {"header", "string", "hmac jwt", "the header that holds the signature or the token"},
     {"algorithm", "string", "hmac", "sha256, sha1 or sha512"},
     {"encoding", "string", "hmac", "hex or base64"},
     {"prefix", "string", "hmac", "what stands before the signature"},
     {"template", "string", "hmac", "what is signed: {body}, {header:NAME}, {timestamp}"},
     {"legacy", "boolean", "saas", "whether the RSA header counts where the other one is missing"},
     {"algorithms", "array", "jwt", "those that a token may be signed by"},
     {"audience", "string", "jwt", "that a token must be for"},
     {"issuer", "string", "jwt", "that a token must be of"},
     {"addresses", "array", "ip", "who may send, as CIDR"},
     {"proxies", "array", "ip", "whose X-Forwarded-For is believed, as CIDR"},
     {"challenge", "object", "-none", "questions that are answered before any event is sent"}}};

/// Every key of `verify`.
constexpr std::array<std::string_view, kVerifySettings.size() + 1> verify_keys() {
    std::array<std::string_view, kVerifySettings.size() + 1> out{"preset"};
    for (std::size_t i = 0; i < kVerifySettings.size(); ++i) out[i + 1] = kVerifySettings[i].key;
    return out;
}

}  // namespace tappet::flow
