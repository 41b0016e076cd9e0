#include "flow/fields.hpp"

#include <algorithm>
#include <vector>

#include "base/closest.hpp"
#include "base/time_text.hpp"

namespace tappet::flow {

std::string_view kind_text(const YamlNode& node) {
    switch (node.kind) {
        case YamlKind::null:
            return "empty";
        case YamlKind::boolean:
            return "a boolean";
        case YamlKind::integer:
            return "an integer";
        case YamlKind::number:
            return "a number";
        case YamlKind::string:
            return "a string";
        case YamlKind::sequence:
            return "a list";
        case YamlKind::mapping:
            return "a map";
    }
    return "";
}

std::optional<std::string> plain_text(Findings& findings, const YamlPair& pair) {
    if (!pair.value.is(YamlKind::string)) {
        findings.error(pair.value.range, "wrong-type",
                       "`" + pair.key + "` must be a string, this is " + std::string(kind_text(pair.value)));
        return std::nullopt;
    }
    if (pair.value.text.find("${{") != std::string::npos) {
        findings.error(pair.value.range, "no-expression-here",
                       "`" + pair.key + "` is fixed when the flow is loaded: it takes no expression");
        return std::nullopt;
    }
    return pair.value.text;
}

Fields::Fields(Findings& findings, const YamlNode& node, std::string_view what,
               std::span<const std::string_view> known, std::span<const std::string_view> later)
    : findings_(findings), node_(node), what_(what), valid_(node.is(YamlKind::mapping)) {
    if (!valid_) {
        findings.error(node.range, "wrong-type",
                       what_ + " must be a map, this is " + std::string(kind_text(node)));
        return;
    }
    std::vector<std::string_view> all(known.begin(), known.end());
    all.insert(all.end(), later.begin(), later.end());
    for (const YamlPair& pair : node.pairs) {
        if (std::find(known.begin(), known.end(), pair.key) != known.end()) continue;
        if (std::find(later.begin(), later.end(), pair.key) != later.end()) {
            findings.error(pair.key_range, "not-available",
                           "`" + pair.key + "` is not available in this version");
            continue;
        }
        findings.error(pair.key_range, "unknown-key", what_ + " has no key `" + pair.key + "`",
                       closest(pair.key, all));
    }
}

const YamlPair* Fields::get(std::string_view key) const { return valid_ ? node_.find(key) : nullptr; }

Range Fields::first_key() const { return node_.pairs.empty() ? node_.range : node_.pairs.front().key_range; }

const YamlPair* Fields::need(std::string_view key) const {
    const YamlPair* pair = get(key);
    if (!pair && valid_)
        findings_.error(first_key(), "missing-key", what_ + " needs `" + std::string(key) + "`");
    return pair;
}

std::optional<std::string> Fields::text(std::string_view key) const {
    const YamlPair* pair = get(key);
    return pair ? plain_text(findings_, *pair) : std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view key, std::int64_t least,
                                            std::int64_t most) const {
    const YamlPair* pair = get(key);
    if (!pair) return std::nullopt;
    if (pair->value.is(YamlKind::integer)) {
        const std::int64_t value = pair->value.scalar.as_integer();
        if (value >= least && value <= most) return value;
    }
    findings_.error(pair->value.range, "wrong-value",
                    "`" + pair->key + "` must be an integer from " + std::to_string(least) + " to " +
                        std::to_string(most));
    return std::nullopt;
}

std::optional<double> Fields::number(std::string_view key, double least, double most) const {
    const YamlPair* pair = get(key);
    if (!pair) return std::nullopt;
    std::optional<double> value;
    if (pair->value.is(YamlKind::integer)) value = static_cast<double>(pair->value.scalar.as_integer());
    if (pair->value.is(YamlKind::number)) value = pair->value.scalar.as_number();
    if (value && *value >= least && *value <= most) return value;
    findings_.error(pair->value.range, "wrong-value",
                    "`" + pair->key + "` must be a number from " +
                        std::to_string(static_cast<std::int64_t>(least)) + " to " +
                        std::to_string(static_cast<std::int64_t>(most)));
    return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view key) const {
    const YamlPair* pair = get(key);
    if (!pair) return std::nullopt;
    if (pair->value.is(YamlKind::boolean)) return pair->value.scalar.as_boolean();
    findings_.error(pair->value.range, "wrong-value", "`" + pair->key + "` must be true or false");
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> Fields::duration(std::string_view key) const {
    const YamlPair* pair = get(key);
    if (!pair) return std::nullopt;
    if (pair->value.is(YamlKind::string))
        if (const auto value = parse_duration(pair->value.text)) return value;
    findings_.error(pair->value.range, "wrong-duration",
                    "`" + pair->key + "` must be a duration, such as 500ms, 5s, 10m, 2h or 3d");
    return std::nullopt;
}

std::optional<std::size_t> Fields::choice(std::string_view key,
                                          std::span<const std::string_view> choices) const {
    const YamlPair* pair = get(key);
    if (!pair) return std::nullopt;
    if (pair->value.is(YamlKind::string)) {
        const auto at = std::find(choices.begin(), choices.end(), pair->value.text);
        if (at != choices.end()) return static_cast<std::size_t>(at - choices.begin());
    }
    findings_.error(
        pair->value.range, "wrong-value", "`" + pair->key + "` must be " + flow::choices(choices),
        pair->value.is(YamlKind::string) ? closest(pair->value.text, choices) : std::string_view{});
    return std::nullopt;
}

}  // namespace tappet::flow
