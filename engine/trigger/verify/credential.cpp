#include <algorithm>
#include <cctype>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/authorization.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {

std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
    if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
    const bool same =
        std::equal(scheme.begin(), scheme.end(), header.begin(),
                   [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
    if (!same) return std::nullopt;
    header.remove_prefix(scheme.size());
    while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
    return header;
}

namespace {

bool any_equal(const std::vector<std::string>& secrets, std::string_view given) {
    bool found = false;  // every secret is compared, so that time does not tell which one fits
    for (const std::string& secret : secrets) found = equal_constant_time(secret, given) || found;
    return found;
}

class Basic final : public Verifier {
public:
    explicit Basic(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}
    std::optional<std::string> refuse(const http::Request& request, TimeMs) const override {
        if (auto why = not_once(request, "Authorization")) return why;
        const auto header = request.headers.get("authorization");
        const auto encoded = after_scheme(*header, "basic");
        if (!encoded) return "the header Authorization is not of scheme Basic";
        const auto given = from_base64(*encoded);
        if (!given) return "the header Authorization does not hold base64";
        if (!any_equal(secrets_, *given)) return "the header Authorization holds other credentials";
        return std::nullopt;
    }
    std::string challenge() const override { return "Basic realm=\"hook\", charset=\"UTF-8\""; }

private:
    std::vector<std::string> secrets_;
};

class Bearer final : public Verifier {
public:
    explicit Bearer(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}
    std::optional<std::string> refuse(const http::Request& request, TimeMs) const override {
        if (auto why = not_once(request, "Authorization")) return why;
        const auto header = request.headers.get("authorization");
        const auto token = after_scheme(*header, "bearer");
        if (!token) return "the header Authorization is not of scheme Bearer";
        if (!any_equal(secrets_, *token)) return "the header Authorization holds another token";
        return std::nullopt;
    }
    std::string challenge() const override { return "Bearer realm=\"hook\""; }

private:
    std::vector<std::string> secrets_;
};

}  // namespace

Result<std::unique_ptr<Verifier>> make_basic(std::vector<std::string> secrets) {
    for (const std::string& secret : secrets)
        if (secret.find(':') == std::string::npos)
            return Error::invalid("verify: a secret of preset basic is written user:password");
    return std::unique_ptr<Verifier>(std::make_unique<Basic>(std::move(secrets)));
}

Result<std::unique_ptr<Verifier>> make_bearer(std::vector<std::string> secrets) {
    return std::unique_ptr<Verifier>(std::make_unique<Bearer>(std::move(secrets)));
}

}  // namespace tappet::trigger
