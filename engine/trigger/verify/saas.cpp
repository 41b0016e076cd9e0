#include "base/encoding.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"
#include "trigger/body.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/signed_parts.hpp"
#include "vault/public_key.hpp"

namespace tappet::trigger {
namespace {

// Published by the platform for all of its senders ("Webhook Integration Guide").
constexpr std::string_view kEd25519 = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";
constexpr std::string_view kRsa =
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC"
    "Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6"
    "dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB"
    "csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv"
    "uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF"
    "3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU"
    "J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp"
    "IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN"
    "h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC"
    "HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ"
    "PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk"
    "T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==";

constexpr std::string_view kHeader = "x-ghl-signature", kLegacyHeader = "x-wh-signature";

/// Ed25519 over the body. Where that header stands it decides alone; the RSA header counts only where it is
/// asked for and the other one is not there.
class Saas final : public Verifier {
public:
    Saas(const flow::VerifyPlan& plan, std::vector<vault::PublicKey> keys)
        : legacy_(plan.legacy), tolerance_(plan.tolerance), keys_(std::move(keys)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        const bool old = legacy_ && request.headers.count(kHeader) == 0 && request.headers.get(kLegacyHeader);
        const std::string name(old ? kLegacyHeader : kHeader);
        if (auto why = not_once(request, name)) return why;
        const std::string_view given = *request.headers.get(name);
        if (given == "N/A") return "the header " + name + " says that the request is not signed";
        const auto signature = from_base64(given);
        if (!signature) return "the header " + name + " does not hold base64";
        const auto how = old ? vault::Signing::rsa_sha256 : vault::Signing::ed25519;
        bool found = false;
        for (const vault::PublicKey& key : keys_) found = key.verify(how, request.body, *signature) || found;
        if (!found) return "the header " + name + " holds another signature";
        return too_old(request.body, now);
    }

private:
    /// The time of the event is in the signed body, and a repeated delivery has the first one's. A body that
    /// tells none is left to the trigger's dedupe key.
    std::optional<std::string> too_old(std::string_view body, TimeMs now) const {
        if (body.find("\"timestamp\"") == std::string_view::npos) return std::nullopt;
        const JsonParsed read = parse_json(behind_mark(body));
        const Value* value = read.ok ? read.value.find("timestamp") : nullptr;
        if (!value) return std::nullopt;
        std::optional<TimeMs> time;
        if (value->is(Kind::string)) time = parse_rfc3339(value->as_string());
        if (value->is(Kind::integer)) time = read_unix_time(std::to_string(value->as_integer()));
        if (time && std::chrono::abs(now - *time) > tolerance_)
            return "the body's timestamp is outside the tolerance";
        return std::nullopt;
    }

    bool legacy_;
    std::chrono::milliseconds tolerance_;
    std::vector<vault::PublicKey> keys_;
};

}  // namespace

MadeVerifier make_saas(const flow::VerifyPlan& plan, Texts secrets) {
    bool current = false, old = false;
    std::vector<vault::PublicKey> keys;
    const auto add = [&](std::string_view text) -> std::optional<Error> {
        auto key = vault::PublicKey::read(text);
        if (!key) return Error::invalid("verify: a secret of preset saas: " + key.error().message);
        if (key->kind() == vault::KeyKind::p256 || (key->kind() == vault::KeyKind::rsa && !plan.legacy))
            return Error::invalid(
                "verify: a secret of preset saas is a public key of Ed25519, or with legacy: true of RSA");
        (key->kind() == vault::KeyKind::rsa ? old : current) = true;
        keys.push_back(std::move(*key));
        return std::nullopt;
    };
    for (const std::string& secret : secrets)
        if (auto why = add(secret)) return *why;
    // The published keys stand where none of that kind is given.
    if (!current)
        if (auto why = add(kEd25519)) return *why;
    if (plan.legacy && !old)
        if (auto why = add(kRsa)) return *why;
    return std::unique_ptr<Verifier>(std::make_unique<Saas>(plan, std::move(keys)));
}

}  // namespace tappet::trigger
