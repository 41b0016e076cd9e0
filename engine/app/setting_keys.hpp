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

// What a key takes, and where it goes.
struct TextSetting {
    std::string Settings::*to;
};
struct AddressSetting {  ///< what addresses begin with: http or https, host, port and path; may be empty
    std::string Settings::*to;
};
struct TextsSetting {  ///< a list in the file, joined by commas in the environment
    std::vector<std::string> Settings::*to;
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
struct LaterSetting {};  ///< of the product, but not of this version

/// A key of the configuration, as file and environment know it.
struct SettingKey {
    std::string_view section, name;  ///< limits: { body: … }; no section: at the top
    const char* variable;            ///< in the environment
    std::variant<TextSetting, AddressSetting, TextsSetting, CountSetting, NumberSetting, DurationSetting,
                 ChoiceSetting, LaterSetting>
        kind;
};

/// Every key there is; docs/OPERATIONS.md tells what each does.
std::span<const SettingKey> setting_keys();
/// The one that this variable sets, which must be there.
const SettingKey& setting_of(std::string_view variable);

/// What an AddressSetting must be, where the text is not: "must be …".
std::optional<std::string> address_problem(const std::string& text);

/// Sets what a configuration file says; findings are at their places in it.
void read_settings(flow::Findings& findings, const flow::YamlNode& root, Settings& out);
/// Sets one key by a text of the environment or of a flag. Takes what the file takes; fails with `where` and
/// what would be right.
Result<void> set_setting(const SettingKey& key, const std::string& where, const std::string& text,
                         Settings& out);

}  // namespace tappet::app
