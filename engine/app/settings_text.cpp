// The keys of the configuration as the environment and flags have them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "app/setting_keys.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"
#include "flow/findings.hpp"

namespace tappet::app {
namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(", ");
        if (end != 0) out.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

template <class Number>
std::optional<Number> number_of(const std::string& text, Number least, Number most) {
    Number value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

/// A text for a message: where it is an address, without the user and the password in it.
std::string without_password(const std::string& text) {
    const std::size_t at = text.rfind('@');
    const std::size_t scheme = text.find("://");
    if (at == std::string::npos || scheme == std::string::npos) return text;
    return text.substr(0, scheme + 3) + "••••@" + text.substr(at + 1);
}

/// Sets one key; gives what it must be where the text is not.
struct Setter {
    const std::string& text;
    Settings& out;
    using Wrong = std::optional<std::string>;

    Wrong operator()(const TextSetting& to) const {
        out.*to.to = text;
        return to.check ? to.check(text) : std::nullopt;
    }
    Wrong operator()(const TextsSetting&) const { return std::nullopt; }  // each of them is set_texts'
    Wrong operator()(const CountSetting& to) const {
        const auto value = number_of(text, to.least, to.most);
        if (!value) return fmt::format("must be an integer from {} to {}", to.least, to.most);
        out.*to.to = static_cast<std::uint64_t>(*value);
        return std::nullopt;
    }
    Wrong operator()(const NumberSetting& to) const {
        const auto value = number_of(text, to.least, to.most);
        if (!value) return fmt::format("must be a number from {} to {}", to.least, to.most);
        out.*to.to = *value;
        return std::nullopt;
    }
    Wrong operator()(const DurationSetting& to) const {
        const auto value = parse_duration(text);
        if (!value) return "must be a duration, such as 500ms, 5s, 10m, 2h or 3d";
        out.*to.to = *value;
        return std::nullopt;
    }
    Wrong operator()(const ChoiceSetting& to) const {
        const auto at = std::find(to.names.begin(), to.names.end(), text);
        if (at == to.names.end()) return "must be " + flow::choices(to.names);
        to.set(out, static_cast<std::size_t>(at - to.names.begin()));
        return std::nullopt;
    }
    Wrong operator()(const MapsSetting& to) const {
        const auto json = parse_json(text);
        if (!json.ok || !json.value.is(Kind::map)) return "must be a JSON object of objects";
        for (const MapEntry& entry : json.value.entries()) {
            if (!entry.value.is(Kind::map)) return "must be a JSON object of objects";
            (out.*to.to)[std::string(entry.key.as_string())] = entry.value;
        }
        return std::nullopt;
    }
    Wrong operator()(const LaterSetting&) const { return "is not available in this version"; }
};

}  // namespace

Result<void> set_setting(const SettingKey& key, const std::string& where, const std::string& text,
                         Settings& out) {
    if (const auto* list = std::get_if<TextsSetting>(&key.kind))
        return set_texts(*list, where, split(text), out);
    const auto wrong = std::visit(Setter{text, out}, key.kind);
    if (!wrong) return {};
    if (std::holds_alternative<MapsSetting>(key.kind)) return Error::invalid(where + " " + *wrong);
    return Error::invalid(fmt::format("{} {}, not {}", where, *wrong, without_password(text)));
}

Result<void> set_texts(const TextsSetting& list, const std::string& where, std::vector<std::string> texts,
                       Settings& out) {
    for (const std::string& text : texts)
        if (const auto must = list.check ? list.check(text) : std::nullopt)
            return Error::invalid(fmt::format("an entry of {} {}, not {}", where, *must, text));
    out.*list.to = std::move(texts);
    return {};
}

}  // namespace tappet::app
