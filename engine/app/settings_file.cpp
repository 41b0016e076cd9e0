// The keys of the configuration as a file has them.
#include <algorithm>

#include "app/setting_keys.hpp"
#include "flow/fields.hpp"

namespace tappet::app {
namespace {

using flow::Fields;
using flow::Findings;
using flow::YamlKind;
using flow::YamlPair;

std::vector<std::string> read_texts(Findings& findings, const YamlPair& pair, TextCheck check) {
    std::vector<std::string> out;
    const auto wrong = [&](const flow::YamlNode& node) {
        findings.error(node.range, "wrong-type", "`" + pair.key + "` must be a list of strings");
    };
    if (!pair.value.is(YamlKind::sequence)) wrong(pair.value);
    for (const auto& item : pair.value.items) {
        if (!item.is(YamlKind::string)) {
            wrong(item);
            continue;
        }
        if (const auto must = check ? check(item.text) : std::nullopt)
            findings.error(item.range, "wrong-value", "an entry of `" + pair.key + "` " + *must);
        out.push_back(item.text);
    }
    return out;
}

/// Reads one key of a map, as its kind says.
struct Reader {
    Findings& findings;
    const Fields& fields;
    std::string_view name;
    Settings& out;

    void operator()(const TextSetting& text) const {
        auto given = fields.text(name);
        if (!given) return;
        if (const auto must = text.check ? text.check(*given) : std::nullopt)
            findings.error(fields.get(name)->value.range, "wrong-value",
                           "`" + std::string(name) + "` " + *must);
        out.*text.to = std::move(*given);
    }
    void operator()(const TextsSetting& texts) const {
        if (const YamlPair* pair = fields.get(name)) out.*texts.to = read_texts(findings, *pair, texts.check);
    }
    void operator()(const CountSetting& count) const {
        if (const auto given = fields.integer(name, count.least, count.most))
            out.*count.to = static_cast<std::uint64_t>(*given);
    }
    void operator()(const NumberSetting& number) const {
        if (const auto given = fields.number(name, number.least, number.most)) out.*number.to = *given;
    }
    void operator()(const DurationSetting& duration) const {
        if (const auto given = fields.duration(name)) out.*duration.to = *given;
    }
    void operator()(const ChoiceSetting& choice) const {
        if (const auto given = fields.choice(name, choice.names)) choice.set(out, *given);
    }
    void operator()(const MapsSetting& maps) const {
        const YamlPair* pair = fields.get(name);
        if (!pair) return;
        if (!pair->value.is(YamlKind::mapping))
            findings.error(pair->value.range, "wrong-type", "`" + pair->key + "` must be a map");
        for (const YamlPair& entry : pair->value.pairs) {
            if (!entry.value.is(YamlKind::mapping))
                findings.error(entry.value.range, "wrong-type", "`" + entry.key + "` must be a map");
            (out.*maps.to)[entry.key] = flow::to_value(entry.value);
        }
    }
    void operator()(const LaterSetting&) const {}
};

struct Names {
    std::vector<std::string_view> known, later;
};

Names names_of(std::string_view section) {
    Names out;
    for (const SettingKey& key : setting_keys())
        if (key.section == section)
            (std::holds_alternative<LaterSetting>(key.kind) ? out.later : out.known).push_back(key.name);
    return out;
}

std::vector<std::string_view> sections() {
    std::vector<std::string_view> out;
    for (const SettingKey& key : setting_keys())
        if (!key.section.empty() && std::find(out.begin(), out.end(), key.section) == out.end())
            out.push_back(key.section);
    return out;
}

void read_map(Findings& findings, const Fields& fields, std::string_view section, Settings& out) {
    for (const SettingKey& key : setting_keys())
        if (key.section == section) std::visit(Reader{findings, fields, key.name, out}, key.kind);
}

}  // namespace

void read_settings(Findings& findings, const flow::YamlNode& root, Settings& out) {
    const auto parts = sections();
    Names top = names_of("");
    top.known.insert(top.known.end(), parts.begin(), parts.end());
    const Fields fields(findings, root, "the configuration", top.known, top.later);
    read_map(findings, fields, "", out);
    for (const std::string_view section : parts) {
        const YamlPair* part = fields.get(section);
        if (!part) continue;
        const Names names = names_of(section);
        const std::string what = "`" + std::string(section) + "`";
        read_map(findings, Fields(findings, part->value, what, names.known, names.later), section, out);
    }
}

}  // namespace tappet::app
