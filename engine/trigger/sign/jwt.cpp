#include <array>
#include <chrono>
#include <optional>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/sign.hpp"
#include "vault/digest.hpp"
#include "vault/private_key.hpp"

namespace tappet::trigger {
namespace {

using vault::KeyKind;

struct Algorithm {
    std::string_view name;
    vault::Hash hash;  ///< of secrets
    vault::Signing signing;
    std::optional<KeyKind> kind;  ///< nothing: of secrets
};
constexpr std::array<Algorithm, 7> kAlgorithms{{{"HS256", vault::Hash::sha256, {}, {}},
                                                {"HS384", vault::Hash::sha384, {}, {}},
                                                {"HS512", vault::Hash::sha512, {}, {}},
                                                {"RS256", {}, vault::Signing::rsa_sha256, KeyKind::rsa},
                                                {"PS256", {}, vault::Signing::rsa_pss_sha256, KeyKind::rsa},
                                                {"ES256", {}, vault::Signing::ecdsa_sha256, KeyKind::p256},
                                                {"EdDSA", {}, vault::Signing::ed25519, KeyKind::ed25519}}};

/// A token is made for one attempt.
constexpr std::chrono::minutes kLife{5};

/// What signs: a secret or a private key, and the `kid` that its JWK has.
struct Key {
    std::string secret, kid, only;  ///< `only`: the one algorithm it is for; empty: any
    std::optional<vault::PrivateKey> key;
};

std::string text_of(const Value& map, std::string_view name) {
    const Value* value = map.find(name);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : std::string();
}

/// The shared key of a JWK, or of the first of a set that is one.
std::optional<Key> read_jwk(const Value& json) {
    const Value* list = json.find("keys");
    if (list && list->is(Kind::list)) {
        for (const Value& one : list->items())
            if (one.is(Kind::map))
                if (auto key = read_jwk(one)) return key;
        return std::nullopt;
    }
    const auto secret = from_base64url(text_of(json, "k"));
    if (text_of(json, "kty") != "oct" || !secret || secret->empty()) return std::nullopt;
    return Key{*secret, text_of(json, "kid"), text_of(json, "alg"), {}};
}

Result<Key> read_key(const std::string& text, bool shared) {
    if (text.starts_with("-----BEGIN")) {
        auto key = vault::PrivateKey::read(text);
        if (!key) return Error::invalid("sign: preset jwt: " + key.error().message);
        return Key{{}, {}, {}, std::move(*key)};
    }
    if (!shared)
        return Error::invalid(
            "sign: preset jwt signs by `algorithms` of public keys: give the private key as PEM");
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || text[first] != '{') return Key{text, {}, {}, {}};
    const auto json = read_json(text);
    auto key = json ? read_jwk(*json) : std::nullopt;
    if (!key)
        return Error::invalid("sign: preset jwt: the secret begins as JSON and is no JWK of a shared key");
    return std::move(*key);
}

const Algorithm* choose(const std::vector<std::string>& allowed, const Key& key) {
    for (const std::string& name : allowed)
        for (const Algorithm& one : kAlgorithms) {
            if (one.name != name || (!key.only.empty() && key.only != name)) continue;
            if (key.key ? one.kind == key.key->kind() : !one.kind) return &one;
        }
    return nullptr;
}

Result<std::string> signature_of(const Key& key, const Algorithm& how, std::string_view message) {
    if (key.key) return key.key->sign(how.signing, message);
    return vault::hmac(how.hash, key.secret, message);
}

Value claims_of(const Unsigned& what) {
    const std::int64_t now = what.now.ms / 1000;
    std::vector<MapEntry> claims;
    const auto add = [&](const char* name, Value value) {
        claims.push_back({Value::string(name), std::move(value)});
    };
    add("iat", Value::integer(now));
    add("exp", Value::integer(now + std::chrono::seconds(kLife).count()));
    if (!what.id.empty()) add("jti", Value::string(std::string(what.id)));
    if (!what.plan.issuer.empty()) add("iss", Value::string(what.plan.issuer));
    if (!what.plan.audience.empty()) add("aud", Value::string(what.plan.audience));
    return Value::map(std::move(claims));
}

std::string part_of(const Value& json) {
    std::string text;
    append_json(text, json);
    return to_base64url(text);
}

}  // namespace

Result<http::Headers> sign_jwt(const Unsigned& what) {
    const auto key = read_key(what.secret, shares_secret(what.plan));
    if (!key) return key.error();
    const Algorithm* how = choose(what.plan.algorithms, *key);
    if (!how) return Error::invalid("sign: preset jwt: the key is for none of the trigger's `algorithms`");
    std::vector<MapEntry> header{{Value::string("alg"), Value::string(std::string(how->name))},
                                 {Value::string("typ"), Value::string("JWT")}};
    if (!key->kid.empty()) header.push_back({Value::string("kid"), Value::string(key->kid)});
    std::string token = part_of(Value::map(std::move(header))) + "." + part_of(claims_of(what));
    const auto signature = signature_of(*key, *how, token);
    if (!signature) return Error::invalid("sign: preset jwt: " + signature.error().message);
    token += "." + to_base64url(*signature);
    const std::string name = what.plan.header.empty() ? "authorization" : what.plan.header;
    return http::Headers{{name, http::same_name(name, "authorization") ? "Bearer " + token : token}};
}

}  // namespace tappet::trigger
