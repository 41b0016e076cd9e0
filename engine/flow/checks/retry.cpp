#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "flow/compiler.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 10> kKeys{"policy",     "maxAttempts",  "initial", "factor",
                                                 "cap",        "maxElapsed",   "jitter",  "on",
                                                 "retryAfter", "whenExhausted"};
constexpr std::array<std::string_view, 1> kKinds{"retry"};
constexpr std::array<std::string_view, 3> kJitter{"none", "full", "equal"};
constexpr std::array<std::string_view, 2> kRetryAfter{"honour", "ignore"};
constexpr std::array<std::string_view, 1> kExhausted{"fail"};
constexpr std::array<std::string_view, 10> kRetried{"auth",           "forbidden", "notFound",    "conflict",
                                                    "rateLimited",    "timeout",   "unavailable", "upstream",
                                                    "plugin.crashed", "internal"};
constexpr std::int64_t kMaxAttempts = 1'000;
constexpr std::uint32_t kAttempts = 3;  ///< of a policy that does not say

void read_classes(Compiler& c, const YamlPair& pair, RetryPolicy& policy) {
    if (!pair.value.is(YamlKind::sequence)) {
        c.findings.error(pair.value.range, "wrong-type", "`on` must be a list of error classes");
        return;
    }
    policy.on.clear();
    for (const YamlNode& item : pair.value.items) {
        const std::string_view name =
            item.is(YamlKind::string) ? std::string_view(item.text) : std::string_view();
        if (std::find(kRetried.begin(), kRetried.end(), name) != kRetried.end())
            policy.on.push_back(*parse_error_class(name));
        else if (parse_error_class(name))
            c.findings.error(item.range, "wrong-value",
                             "errors of class `" + std::string(name) + "` are never retried");
        else
            c.findings.error(item.range, "unknown-class",
                             "no such error class; retried are " + choices(kRetried),
                             closest(name, kRetried));
    }
}

/// The fields of one policy over `base`.
RetryPolicy read_policy(Compiler& c, const Fields& fields, RetryPolicy policy) {
    if (const auto n = fields.integer("maxAttempts", 1, kMaxAttempts))
        policy.max_attempts = static_cast<std::uint32_t>(*n);
    if (const auto d = fields.duration("initial")) policy.initial = *d;
    if (const auto n = fields.number("factor", 1, 100)) policy.factor = *n;
    if (const auto d = fields.duration("cap")) policy.cap = *d;
    if (const auto d = fields.duration("maxElapsed")) policy.max_elapsed = *d;
    if (const auto i = fields.choice("jitter", kJitter)) policy.jitter = static_cast<Jitter>(*i);
    if (const YamlPair* on = fields.get("on")) read_classes(c, *on, policy);
    if (const auto i = fields.choice("retryAfter", kRetryAfter)) policy.honour_retry_after = *i == 0;
    fields.choice("whenExhausted", kExhausted);
    return policy;
}

RetryPolicy usual() {
    RetryPolicy policy;
    policy.max_attempts = kAttempts;
    return policy;
}

std::optional<RetryPolicy> named(Compiler& c, const YamlNode& name) {
    const auto known = c.policies.find(name.text);
    if (name.is(YamlKind::string) && known != c.policies.end()) return known->second;
    std::vector<std::string_view> names;
    for (const auto& [policy, unused] : c.policies) names.push_back(policy);
    c.findings.error(name.range, "unknown-policy",
                     names.empty()
                         ? "the flow has no retry policies: declare one under `policies: { retry: … }`"
                         : "no retry policy `" + name.text + "`",
                     closest(name.text, names));
    return std::nullopt;
}

}  // namespace

void compile_policies(Compiler& c, const YamlNode& node) {
    const Fields kinds(c.findings, node, "`policies`", kKinds);
    const YamlPair* retry = kinds.get("retry");
    if (!retry) return;
    if (!retry->value.is(YamlKind::mapping)) {
        c.findings.error(retry->value.range, "wrong-type", "`retry` must be a map of policies by name");
        return;
    }
    for (const YamlPair& policy : retry->value.pairs) {
        const Fields fields(c.findings, policy.value, "a retry policy", std::span(kKeys).subspan(1));
        c.policies[policy.key] = read_policy(c, fields, usual());
    }
}

std::optional<RetryPolicy> compile_retry(Compiler& c, const YamlPair& pair) {
    if (pair.value.is(YamlKind::string)) return named(c, pair.value);
    if (!pair.value.is(YamlKind::mapping)) {
        c.findings.error(pair.value.range, "wrong-type",
                         "`retry` must be the name of a policy, or a map of its fields");
        return std::nullopt;
    }
    const Fields fields(c.findings, pair.value, "`retry`", kKeys);
    RetryPolicy base = usual();
    if (const YamlPair* name = fields.get("policy")) {
        const auto policy = named(c, name->value);
        if (policy) base = *policy;
    }
    return read_policy(c, fields, std::move(base));
}

}  // namespace tappet::flow
