#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/settings.hpp"
#include "flow/findings.hpp"
#include "flow/yaml.hpp"

namespace tappet::app {

// What a key takes, and where it goes. A check (setting_checks.hpp) gives what a text must be where it is
// not.
using TextCheck = std::optional<std::string> (*)(const std::string& text);
struct TextSetting {
    std::string Settings::*to;
    TextCheck check = nullptr;  ///< null: any text will do
};
struct TextsSetting {  ///< a list in the file, joined by commas in the environment
    std::vector<std::string> Settings::*to;
    TextCheck check = nullptr;  ///< of each
};
struct CountSetting {
    std::uint64_t Settings::*to;
    std::int64_t least, most;
};
struct NumberSetting {
    double Settings::*to;
    double least, most;
};
struct DurationSetting {
    std::chrono::milliseconds Settings::*to;
};
struct ChoiceSetting {
    std::span<const std::string_view> names;
    void (*set)(Settings& to, std::size_t choice);
};
struct MapsSetting {  ///< maps by name in the file, JSON in the environment
    std::map<std::string, Value> Settings::*to;
};
struct LaterSetting {};  ///< of the product, but not of this version

/// A key of the configuration, as file and environment know it.
struct SettingKey {
    std::string_view section, name;  ///< limits: { body: … }; no section: at the top
    const char* variable;            ///< in the environment
    std::variant<TextSetting, TextsSetting, CountSetting, NumberSetting, DurationSetting, ChoiceSetting,
                 MapsSetting, LaterSetting>
        kind;
};

/// Every key there is; docs/OPERATIONS.md tells what each does.
std::span<const SettingKey> setting_keys();
/// The one that this variable sets, which must be there.
const SettingKey& setting_of(std::string_view variable);

/// Sets what a configuration file says; findings are at their places in it.
void read_settings(flow::Findings& findings, const flow::YamlNode& root, Settings& out);
/// Sets one key by a text of the environment or of a flag. Takes what the file takes; fails with `where` and
/// what would be right.
Result<void> set_setting(const SettingKey& key, const std::string& where, const std::string& text,
                         Settings& out);
/// Sets a list by the texts of a flag that may be repeated.
Result<void> set_texts(const TextsSetting& list, const std::string& where, std::vector<std::string> texts,
                       Settings& out);

}  // namespace tappet::app
