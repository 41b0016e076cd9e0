#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/network.hpp"
#include "flow/compiler.hpp"
#include "flow/verify_settings.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 3> kAlgorithms{"sha256", "sha1", "sha512"};
constexpr std::array<std::string_view, 2> kEncodings{"hex", "base64"};
constexpr std::size_t kMaxSecrets = 2;  ///< the one in use and the one it is rotated with

bool read_preset(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    const YamlPair* pair = fields.need("preset");
    if (!pair) return false;
    const YamlNode& value = pair->value;
    const bool text = value.is(YamlKind::string);
    if (text && std::find(kVerifyPresets.begin(), kVerifyPresets.end(), value.text) != kVerifyPresets.end()) {
        plan.preset = value.text;
        return true;
    }
    c.findings.error(value.range, "wrong-value", "`preset` must be " + choices(kVerifyPresets),
                     text ? closest(value.text, kVerifyPresets) : std::string_view{});
    return false;
}

/// A secret with an expression in it, or with a warning.
std::optional<Template> read_secret(Compiler& c, const YamlNode& item) {
    Dynamic dynamic;
    if (!item.is(YamlKind::string)) {
        c.findings.error(item.range, "wrong-type", "a secret is a string, such as \"${{ secrets.NAME }}\"");
        return std::nullopt;
    }
    if (item.text.empty()) {
        c.findings.error(item.range, "wrong-value", "an empty secret would let everybody in");
        return std::nullopt;
    }
    Template out = compile_value(c, item, SecretUse::allowed, &dynamic);
    const bool is_public = item.text.starts_with("whpk_") || item.text.starts_with("-----BEGIN PUBLIC KEY");
    if (dynamic.empty() && !is_public)
        c.findings.warning(item.range, "plain-secret",
                           "a secret written into the file is no secret: use ${{ secrets.NAME }}");
    return out;
}

/// NAME of a text that is exactly ${{ secrets.NAME }}; empty for any other.
std::string name_of_secret(std::string_view text) {
    constexpr std::string_view kOpen = "${{", kClose = "}}", kRoot = "secrets.";
    if (!text.starts_with(kOpen) || !text.ends_with(kClose)) return {};
    text = text.substr(kOpen.size(), text.size() - kOpen.size() - kClose.size());
    const std::size_t begin = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
    if (begin == std::string_view::npos) return {};
    text = text.substr(begin, last + 1 - begin);
    if (!text.starts_with(kRoot)) return {};
    text.remove_prefix(kRoot.size());
    const bool name = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    return name ? std::string(text) : std::string();
}

void read_secrets(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    // The platform's keys are public: saas needs none.
    const YamlPair* pair = plan.preset == "saas" ? fields.get("secrets") : fields.need("secrets");
    if (!pair) return;
    const YamlNode& list = pair->value;
    if (!list.is(YamlKind::sequence) || list.items.empty() || list.items.size() > kMaxSecrets) {
        c.findings.error(list.range, "wrong-value",
                         "`secrets` must be a list of one secret, or of two while one replaces the other");
        return;
    }
    for (const YamlNode& item : list.items) {
        if (auto secret = read_secret(c, item)) plan.secrets.push_back(std::move(*secret));
        if (std::string name = name_of_secret(item.text); !name.empty())
            plan.secret_names.push_back(std::move(name));
    }
}

/// The member's texts, which may not be empty or hold expressions.
std::vector<std::string> read_texts(Compiler& c, const YamlPair* pair, std::string_view example) {
    std::vector<std::string> out;
    if (!pair) return out;
    const bool list = pair->value.is(YamlKind::sequence) && !pair->value.items.empty();
    if (list)
        for (const YamlNode& item : pair->value.items)
            if (item.is(YamlKind::string) && !item.text.empty()) out.push_back(item.text);
    if (!list || out.size() != pair->value.items.size())
        c.findings.error(pair->value.range, "wrong-type",
                         "`" + pair->key + "` must be a list of texts, such as " + std::string(example));
    return out;
}

/// The member's networks, as CIDR.
std::vector<std::string> read_networks(Compiler& c, const YamlPair* pair, std::string_view example) {
    std::vector<std::string> out = read_texts(c, pair, example);
    if (!pair) return out;
    for (const YamlNode& item : pair->value.items)
        if (item.is(YamlKind::string) && !item.text.empty())
            if (const auto network = Network::parse(item.text); !network)
                c.refuse_start(item.range, "wrong-value", network.error().message);
    return out;
}

/// {body}, {header:NAME} and {timestamp} are what a template may hold.
void check_template(Compiler& c, const YamlPair& pair) {
    std::string_view rest = pair.value.text;
    while (true) {
        const std::size_t open = rest.find('{');
        if (open == std::string_view::npos) return;
        const std::size_t close = rest.find('}', open);
        const std::string_view name =
            close == std::string_view::npos ? std::string_view() : rest.substr(open + 1, close - open - 1);
        if (name != "body" && name != "timestamp" && !(name.starts_with("header:") && name.size() > 7)) {
            c.findings.error(pair.value.range, "wrong-value",
                             "a template may hold {body}, {header:NAME} and {timestamp}");
            return;
        }
        rest.remove_prefix(close + 1);
    }
}

void read_hmac(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    fields.need("header");
    plan.header = fields.text("header").value_or("");
    if (const auto i = fields.choice("algorithm", kAlgorithms)) plan.algorithm = kAlgorithms[*i];
    if (const auto i = fields.choice("encoding", kEncodings)) plan.encoding = kEncodings[*i];
    plan.prefix = fields.text("prefix").value_or("");
    plan.body_template = fields.text("template").value_or("");
    if (const YamlPair* pair = fields.get("template"); pair && pair->value.is(YamlKind::string))
        check_template(c, *pair);
}

void read_jwt(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    const YamlPair* pair = fields.need("algorithms");
    plan.algorithms = read_texts(c, pair, "[RS256]");
    plan.header = fields.text("header").value_or("");
    plan.audience = fields.text("audience").value_or("");
    plan.issuer = fields.text("issuer").value_or("");
    plan.tolerance = kJwtTolerance;
    if (!pair || !pair->value.is(YamlKind::sequence)) return;
    bool secrets = false, keys = false;
    for (const YamlNode& item : pair->value.items) {
        if (!item.is(YamlKind::string)) continue;
        if (std::find(kJwtAlgorithms.begin(), kJwtAlgorithms.end(), item.text) == kJwtAlgorithms.end())
            c.findings.error(item.range, "wrong-value", "an algorithm is " + choices(kJwtAlgorithms),
                             closest(item.text, kJwtAlgorithms));
        (item.text.starts_with("HS") ? secrets : keys) = true;
    }
    if (secrets && keys)
        c.findings.error(
            pair->value.range, "wrong-value",
            "`algorithms` are all of secrets (HS256 HS384 HS512) or all of public keys: with both, a "
            "sender could sign with the public key as the secret");
}

/// Who asks whether this address wants events, and how it is answered.
void read_challenge(Compiler& c, const YamlPair& pair, VerifyPlan& plan) {
    const Fields fields(c.findings, pair.value, "`challenge`", kChallengeKeys);
    if (!fields.valid()) return;
    ChallengePlan& challenge = plan.challenge.emplace();
    if (const YamlPair* meta = fields.get("meta")) challenge.meta = read_secret(c, meta->value);
    challenge.origins = read_texts(c, fields.get("cloudEvents"), "[events.example.com]");
    if (!fields.get("meta") && !fields.get("cloudEvents"))
        c.findings.error(pair.value.range, "missing-key", "`challenge` needs `meta` or `cloudEvents`");
}

/// What belongs to other presets.
void refuse_others(Compiler& c, const Fields& fields, const VerifyPlan& plan) {
    for (const VerifySetting& setting : kVerifySettings) {
        const YamlPair* extra = fields.get(setting.key);
        if (!extra || setting.belongs_to(plan.preset)) continue;
        std::vector<std::string_view> takers;
        for (const std::string_view preset : kVerifyPresets)
            if (setting.belongs_to(preset)) takers.push_back(preset);
        c.findings.error(extra->key_range, "misplaced-key",
                         plan.preset == "none"
                             ? "preset `none` checks nothing: it takes no `" + extra->key + "`"
                             : "preset `" + plan.preset + "` takes no `" + extra->key + "`, that is for " +
                                   choices(takers));
    }
}

}  // namespace

std::optional<VerifyPlan> compile_verify(Compiler& c, const YamlPair& pair,
                                         std::chrono::milliseconds window) {
    constexpr auto keys = verify_keys();
    const Fields fields(c.findings, pair.value, "`verify`", keys);
    VerifyPlan plan;
    if (!fields.valid() || !read_preset(c, fields, plan)) return std::nullopt;
    refuse_others(c, fields, plan);
    if (plan.preset != "none" && plan.preset != "ip") read_secrets(c, fields, plan);
    if (plan.preset == "hmac") read_hmac(c, fields, plan);
    if (plan.preset == "jwt") read_jwt(c, fields, plan);
    if (plan.preset == "saas") {
        plan.legacy = fields.boolean("legacy").value_or(false);
        plan.tolerance = window;  // its repeats keep the first time for days
    }
    if (plan.preset == "ip") {
        plan.addresses = read_networks(c, fields.need("addresses"), "[192.0.2.0/24]");
        plan.proxies = read_networks(c, fields.get("proxies"), "[10.0.0.5]");
    }
    if (const auto d = fields.duration("tolerance")) plan.tolerance = *d;
    if (const YamlPair* challenge = fields.get("challenge"); challenge && plan.preset != "none")
        read_challenge(c, *challenge, plan);
    return plan;
}

}  // namespace tappet::flow
