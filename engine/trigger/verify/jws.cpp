#include "trigger/verify/jws.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

struct Algorithm {
    std::string_view name;
    std::string_view type;  ///< of the JWK
    vault::Hash hash;       ///< of secrets
    std::size_t least;      ///< bytes of a JWK's secret (RFC 7518 section 3.2)
    vault::Signing signing;
    vault::KeyKind kind;
};
using vault::Hash;
using vault::KeyKind;
using vault::Signing;
constexpr std::array<Algorithm, 7> kAlgorithms{
    {{"HS256", "oct", Hash::sha256, 32, {}, {}},
     {"HS384", "oct", Hash::sha384, 48, {}, {}},
     {"HS512", "oct", Hash::sha512, 64, {}, {}},
     {"RS256", "RSA", {}, 0, Signing::rsa_sha256, KeyKind::rsa},
     {"PS256", "RSA", {}, 0, Signing::rsa_pss_sha256, KeyKind::rsa},
     {"ES256", "EC", {}, 0, Signing::ecdsa_sha256, KeyKind::p256},
     {"EdDSA", "OKP", {}, 0, Signing::ed25519, KeyKind::ed25519}}};

const Algorithm* find_algorithm(std::string_view name) {
    const auto at = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                 [&](const Algorithm& one) { return one.name == name; });
    return at == kAlgorithms.end() ? nullptr : &*at;
}

bool is_secret(const Algorithm& algorithm) { return algorithm.type == "oct"; }

std::string text_of(const Value& map, std::string_view key) {
    const Value* value = map.find(key);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : std::string();
}

Error unusable(std::string_view why) { return Error::invalid("verify: preset jwt: " + std::string(why)); }

/// Whether the JWK says that it is for something else.
bool is_for_others(const Value& jwk) {
    if (const Value* use = jwk.find("use"); use && !(use->is(Kind::string) && use->as_string() == "sig"))
        return true;
    const Value* operations = jwk.find("key_ops");
    if (!operations) return false;
    if (!operations->is(Kind::list)) return true;
    const auto items = operations->items();
    // What signs with a secret verifies with it, too.
    return std::none_of(items.begin(), items.end(), [](const Value& one) {
        return one.is(Kind::string) && (one.as_string() == "verify" || one.as_string() == "sign");
    });
}

Result<vault::PublicKey> read_public(const Value& jwk, std::string_view type) {
    const auto member = [&](std::string_view name) {
        return from_base64url(text_of(jwk, name)).value_or(std::string());
    };
    if (type == "RSA") return vault::PublicKey::rsa(member("n"), member("e"));
    const std::string curve = text_of(jwk, "crv");
    if (type == "EC" && curve == "P-256") return vault::PublicKey::p256(member("x"), member("y"));
    if (type == "OKP" && curve == "Ed25519") return vault::PublicKey::ed25519(member("x"));
    return Error::invalid("the curve " + curve + " is not known; use P-256 (ES256) or Ed25519 (EdDSA)");
}

}  // namespace

bool JwsKeys::allows(std::string_view algorithm) const {
    return std::find(algorithms_.begin(), algorithms_.end(), algorithm) != algorithms_.end();
}

Result<bool> JwsKeys::add_jwk(const Value& jwk) {
    if (!jwk.is(Kind::map)) return unusable("a key of a JWK set is no object");
    const std::string type = text_of(jwk, "kty"), only = text_of(jwk, "alg");
    const bool fits = std::any_of(algorithms_.begin(), algorithms_.end(), [&](const std::string& name) {
        return find_algorithm(name)->type == type && (only.empty() || only == name);
    });
    if (!fits || is_for_others(jwk)) return false;
    Key key{text_of(jwk, "kid"), only, {}, {}};
    if (type == "oct") {
        key.secret = from_base64url(text_of(jwk, "k")).value_or(std::string());
        for (const std::string& name : algorithms_)
            if ((only.empty() || only == name) && key.secret.size() < find_algorithm(name)->least)
                return unusable("the key k of a JWK is shorter than " + name + " needs (" +
                                std::to_string(find_algorithm(name)->least) + " bytes)");
    } else {
        auto read = read_public(jwk, type);
        if (!read) return unusable(read.error().message);
        key.key = std::move(*read);
    }
    for (const Key& other : keys_)
        if (!key.kid.empty() && other.kid == key.kid) return unusable("two keys have the kid " + key.kid);
    keys_.push_back(std::move(key));
    return true;
}

std::optional<Error> JwsKeys::add_text(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] == '{') {
        const auto read = read_json(text);
        if (!read) return unusable("a secret begins as JSON and is none: " + read.error().message);
        const Value* list = read->find("keys");
        if (list && !list->is(Kind::list)) return unusable("`keys` of a JWK set is no list");
        const std::vector<Value> jwks =
            list ? std::vector<Value>(list->items().begin(), list->items().end()) : std::vector<Value>{*read};
        const std::size_t before = keys_.size();
        for (const Value& jwk : jwks)
            if (const auto added = add_jwk(jwk); !added) return added.error();
        if (keys_.size() == before) return unusable("no key of a JWK or JWK set is for `algorithms`");
        // A reader that looked by kid alone would let the token choose between a secret and a public key.
        const auto of_secrets = std::count_if(jwks.begin(), jwks.end(),
                                              [](const Value& jwk) { return text_of(jwk, "kty") == "oct"; });
        if (of_secrets != 0 && static_cast<std::size_t>(of_secrets) != jwks.size())
            return unusable("a JWK set mixes secrets and public keys");
        return std::nullopt;
    }
    if (is_secret(*find_algorithm(algorithms_.front()))) {
        if (text.starts_with("-----BEGIN") || vault::PublicKey::read(text))
            return unusable("a public key cannot be the secret of " + algorithms_.front());
        keys_.push_back({{}, {}, text, {}});
        return std::nullopt;
    }
    auto key = vault::PublicKey::read(text);
    if (!key) return unusable(key.error().message);
    if (std::none_of(algorithms_.begin(), algorithms_.end(),
                     [&](const std::string& name) { return find_algorithm(name)->kind == key->kind(); }))
        return unusable("a public key is of another kind than `algorithms` need");
    keys_.push_back({{}, {}, {}, std::move(*key)});
    return std::nullopt;
}

Result<JwsKeys> JwsKeys::read(std::span<const std::string> texts, std::span<const std::string> algorithms) {
    JwsKeys out;
    out.algorithms_.assign(algorithms.begin(), algorithms.end());
    if (algorithms.empty()) return unusable("`algorithms` is empty");
    std::size_t secrets = 0;
    for (const std::string& name : algorithms) {
        const Algorithm* known = find_algorithm(name);
        if (!known) return unusable("the algorithm " + name + " is not known");
        secrets += is_secret(*known) ? 1 : 0;
    }
    if (secrets != 0 && secrets != algorithms.size())
        return unusable("`algorithms` mixes those of secrets (HS…) and those of public keys");
    for (const std::string& text : texts)
        if (auto why = out.add_text(text)) return *why;
    if (out.keys_.empty()) return unusable("there is no key");
    return out;
}

bool JwsKeys::holds(const Key& key, std::string_view algorithm, std::string_view message,
                    std::string_view signature) const {
    const Algorithm& how = *find_algorithm(algorithm);
    if (!key.algorithm.empty() && key.algorithm != algorithm) return false;
    if (is_secret(how)) return is_hmac_of_any(how.hash, {&key.secret, 1}, message, signature);
    return key.key && key.key->verify(how.signing, message, signature);
}

Result<std::string> JwsKeys::open(std::string_view token) const {
    if (std::count(token.begin(), token.end(), '.') != 2)
        return Error::unauthorized("is no token of three parts");
    std::string_view rest = token;
    const std::string_view head = take_until(rest, '.'), body = take_until(rest, '.');
    const auto header_text = from_base64url(head), payload = from_base64url(body),
               signature = from_base64url(rest);
    if (!header_text || !payload || !signature) return Error::unauthorized("does not hold base64url");
    const JsonParsed header = parse_json(*header_text);
    if (!header.ok || !header.value.is(Kind::map)) return Error::unauthorized("has no header in JSON");
    const std::string algorithm = text_of(header.value, "alg");
    if (!allows(algorithm)) return Error::unauthorized("is signed by an algorithm that is not allowed here");
    if (header.value.find("crit"))
        return Error::unauthorized("asks for extensions (crit) that are not known");
    const std::string kid = text_of(header.value, "kid");
    const std::string_view message = token.substr(0, head.size() + 1 + body.size());
    bool found = false;
    for (const Key& key : keys_)
        if (kid.empty() || key.kid.empty() || key.kid == kid)
            found = holds(key, algorithm, message, *signature) || found;
    if (!found) return Error::unauthorized("holds another signature");
    return *payload;
}

}  // namespace tappet::trigger
