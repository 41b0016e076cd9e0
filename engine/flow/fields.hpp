#pragma once
#include <chrono>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "flow/findings.hpp"
#include "flow/yaml.hpp"

namespace tappet::flow {

/// Reads the members of one map of a flow file, saying what is unknown, missing or of the wrong kind. A view.
class Fields {
public:
    /// `what` names the map in messages: "a step". `later` are keys of the language that this version does
    /// not run.
    Fields(Findings& findings, const YamlNode& node, std::string_view what,
           std::span<const std::string_view> known, std::span<const std::string_view> later = {});
    /// Of a map whose keys have been looked at.
    Fields(Findings& findings, const YamlNode& node)
        : findings_(findings), node_(node), valid_(node.is(YamlKind::mapping)) {}

    bool valid() const { return valid_; }  ///< it is a map
    const YamlNode& node() const { return node_; }
    const YamlPair* get(std::string_view key) const;   ///< null when absent
    const YamlPair* need(std::string_view key) const;  ///< says so when absent
    Range first_key() const;                           ///< where a missing key is reported

    // Each reads the member if it is there and of the right kind, and says what is wrong otherwise.
    std::optional<std::string> text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most) const;
    std::optional<double> number(std::string_view key, double least, double most) const;
    std::optional<std::chrono::milliseconds> duration(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    /// The index of the member's text among the choices.
    std::optional<std::size_t> choice(std::string_view key, std::span<const std::string_view> choices) const;

private:
    Findings& findings_;
    const YamlNode& node_;
    std::string what_;
    bool valid_ = false;
};

/// "a map", "a list", "a string", … of what stands there.
std::string_view kind_text(const YamlNode& node);
/// A text that is no template; says so otherwise.
std::optional<std::string> plain_text(Findings& findings, const YamlPair& pair);

}  // namespace tappet::flow
