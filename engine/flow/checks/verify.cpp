#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "flow/compiler.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 8> kKeys{"preset",   "secrets", "header",   "algorithm",
                                                "encoding", "prefix",  "template", "tolerance"};
constexpr std::array<std::string_view, 4> kPresets{"none", "basic", "bearer", "hmac"};
constexpr std::array<std::string_view, 8> kLaterPresets{"saas",  "standard-webhooks", "github", "stripe",
                                                        "slack", "shopify",           "jwt",    "ip"};
constexpr std::array<std::string_view, 6> kHmacKeys{"header", "algorithm", "encoding",
                                                    "prefix", "template",  "tolerance"};
constexpr std::array<std::string_view, 3> kAlgorithms{"sha256", "sha1", "sha512"};
constexpr std::array<std::string_view, 2> kEncodings{"hex", "base64"};
constexpr std::size_t kMaxSecrets = 2;  ///< the one in use and the one it is rotated with

bool read_preset(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    const YamlPair* pair = fields.need("preset");
    if (!pair) return false;
    const YamlNode& value = pair->value;
    if (value.is(YamlKind::string)) {
        if (std::find(kPresets.begin(), kPresets.end(), value.text) != kPresets.end()) {
            plan.preset = value.text;
            return true;
        }
        if (std::find(kLaterPresets.begin(), kLaterPresets.end(), value.text) != kLaterPresets.end()) {
            c.findings.error(value.range, "not-available",
                             "preset `" + value.text + "` is not available in this version");
            return false;
        }
    }
    c.findings.error(value.range, "wrong-value", "`preset` must be " + choices(kPresets),
                     value.is(YamlKind::string) ? closest(value.text, kPresets) : std::string_view{});
    return false;
}

void read_secrets(Compiler& c, const Fields& fields, VerifyPlan& plan) {
    const YamlPair* pair = plan.preset == "none" ? fields.get("secrets") : fields.need("secrets");
    if (!pair) return;
    if (plan.preset == "none") {
        c.findings.error(pair->key_range, "misplaced-key",
                         "preset `none` checks nothing: it takes no `secrets`");
        return;
    }
    const YamlNode& list = pair->value;
    if (!list.is(YamlKind::sequence) || list.items.empty() || list.items.size() > kMaxSecrets) {
        c.findings.error(list.range, "wrong-value",
                         "`secrets` must be a list of one secret, or of two while one replaces the other");
        return;
    }
    for (const YamlNode& item : list.items) {
        Dynamic dynamic;
        if (!item.is(YamlKind::string)) {
            c.findings.error(item.range, "wrong-type",
                             "a secret is a string, such as \"${{ secrets.NAME }}\"");
            continue;
        }
        plan.secrets.push_back(compile_value(c, item, SecretUse::allowed, &dynamic));
        if (dynamic.empty())
            c.findings.warning(item.range, "plain-secret",
                               "a secret written into the file is no secret: use ${{ secrets.NAME }}");
    }
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
    if (const auto d = fields.duration("tolerance")) plan.tolerance = *d;
}

}  // namespace

std::optional<VerifyPlan> compile_verify(Compiler& c, const YamlPair& pair) {
    const Fields fields(c.findings, pair.value, "`verify`", kKeys);
    VerifyPlan plan;
    if (!fields.valid() || !read_preset(c, fields, plan)) return std::nullopt;
    read_secrets(c, fields, plan);
    if (plan.preset == "hmac") {
        read_hmac(c, fields, plan);
        return plan;
    }
    for (const std::string_view key : kHmacKeys)
        if (const YamlPair* extra = fields.get(key))
            c.findings.error(extra->key_range, "misplaced-key",
                             "`" + extra->key + "` belongs to preset `hmac`");
    return plan;
}

}  // namespace tappet::flow
