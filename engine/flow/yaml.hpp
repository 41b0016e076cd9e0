#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"
#include "flow/diagnostic.hpp"

namespace tappet::flow {

enum class YamlKind { null, boolean, integer, number, string, sequence, mapping };
enum class ScalarStyle { plain, single_quoted, double_quoted, literal, folded };

struct YamlPair;

/// A value of a YAML document by the 1.2 core schema, with its place. Aliases are expanded in place.
struct YamlNode {
    YamlKind kind = YamlKind::null;
    ScalarStyle style = ScalarStyle::plain;  ///< of a scalar
    Range range;  ///< the value as written, quotes included; of an absent value, the place just after its key
    std::size_t offset = 0;       ///< bytes from the start of the source to where it begins
    std::string text;             ///< of a scalar: its content, unquoted and folded
    Value scalar;                 ///< of a scalar: the value that it is
    std::vector<YamlNode> items;  ///< of a sequence
    std::vector<YamlPair> pairs;  ///< of a mapping, in order; no key twice

    bool is(YamlKind k) const { return kind == k; }
    bool is_scalar() const { return kind != YamlKind::sequence && kind != YamlKind::mapping; }
    const YamlPair* find(std::string_view key) const;  ///< of a mapping; null when absent
};

struct YamlPair {
    std::string key;
    Range key_range;
    YamlNode value;
};

struct YamlLimits {
    std::size_t max_bytes = 1u << 20;
    std::size_t max_depth = 64;
    std::size_t max_alias_nodes = 10'000;  ///< nodes that aliases may expand to, in all
};

struct YamlDocument {
    std::optional<YamlNode>
        root;  ///< nothing when the text cannot be read; a document with other errors still has one
    std::vector<Diagnostic> findings;  ///< in order of position
};

/// Reads one YAML 1.2 document, strictly: tags, merge keys, several documents, doubled keys, keys that are no
/// scalars and bombs are errors with a place. Pure; never throws for bad input. `file` is only named in
/// findings.
YamlDocument read_yaml(std::string_view file, std::string_view source, const YamlLimits& limits = {});

/// Where each code point of a scalar's text stands in the source, and one more: where the text ends. What
/// escapes and folding changed stands where it came from.
std::vector<Position> text_positions(std::string_view source, const YamlNode& scalar);

/// The JSON value of a node.
Value to_value(const YamlNode& node);

}  // namespace tappet::flow
