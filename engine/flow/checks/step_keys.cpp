#include "flow/checks/step_keys.hpp"

#include <algorithm>
#include <array>

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 15> kKeys{"id",          "name",        "uses",    "with",    "if",
                                                 "retry",       "timeout",     "onError", "forEach", "as",
                                                 "maxParallel", "onItemError", "do",      "respond", "stop"};
constexpr std::array<std::string_view, 16> kLater{
    "connection", "switch",  "default",  "parallel", "while",    "until",   "maxIterations", "call",
    "wait",       "waitFor", "approval", "break",    "continue", "finally", "compensate",    "delivery"};
constexpr std::array<std::string_view, 4> kKinds{"uses", "forEach", "respond", "stop"};

/// Keys that the language has around any step, and this version around actions only.
constexpr std::array<std::string_view, 2> kAroundActions{"retry", "timeout"};

/// Keys that belong to one kind of step only.
struct Own {
    std::string_view key;
    std::string_view kind;
};
constexpr std::array<Own, 5> kOwn{{{"with", "uses"},
                                   {"as", "forEach"},
                                   {"maxParallel", "forEach"},
                                   {"onItemError", "forEach"},
                                   {"do", "forEach"}}};

bool has_later_kind(const YamlNode& node) {
    return std::any_of(node.pairs.begin(), node.pairs.end(), [](const YamlPair& pair) {
        return pair.key != "connection" && std::find(kLater.begin(), kLater.end(), pair.key) != kLater.end();
    });
}

/// The first key that says a kind; a second one is an error.
const YamlPair* kind_key(Findings& findings, const YamlNode& node) {
    const YamlPair* first = nullptr;
    for (const YamlPair& pair : node.pairs) {
        if (std::find(kKinds.begin(), kKinds.end(), pair.key) == kKinds.end()) continue;
        if (first)
            findings.error(pair.key_range, "step-kind",
                           "a step does one thing: it has `" + first->key + "` already");
        else
            first = &pair;
    }
    return first;
}

void check_around(Findings& findings, const YamlNode& node, std::string_view kind) {
    if (kind == "uses") return;
    for (const std::string_view key : kAroundActions)
        if (const YamlPair* pair = node.find(key))
            findings.error(pair->key_range, "not-available",
                           "`" + pair->key + "` around a step with `" + std::string(kind) +
                               "` is not available in this version");
}

void check_own_keys(Findings& findings, const YamlNode& node, std::string_view kind) {
    for (const Own& own : kOwn) {
        const YamlPair* pair = node.find(own.key);
        if (!pair || own.kind == kind) continue;
        findings.error(pair->key_range, "misplaced-key",
                       "`" + pair->key + "` belongs to a step with `" + std::string(own.kind) +
                           "`, this one has `" + std::string(kind) + "`");
    }
}

}  // namespace

StepKeys read_step_keys(Findings& findings, const YamlNode& node) {
    StepKeys out{Fields(findings, node, "a step", kKeys, kLater), std::nullopt};
    if (!out.fields.valid()) return out;
    const YamlPair* key = kind_key(findings, node);
    if (!key) {
        if (has_later_kind(node)) return out;
        if (const YamlPair* group = node.find("do"))
            findings.error(group->key_range, "not-available",
                           "a group of steps without `forEach` is not available in this version");
        else
            findings.error(out.fields.first_key(), "step-kind", "a step needs one of " + choices(kKinds));
        return out;
    }
    check_own_keys(findings, node, key->key);
    check_around(findings, node, key->key);
    const auto at = std::find(kKinds.begin(), kKinds.end(), key->key) - kKinds.begin();
    out.kind = static_cast<StepKind>(at);
    return out;
}

}  // namespace tappet::flow
