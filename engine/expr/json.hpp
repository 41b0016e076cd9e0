#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "expr/value.hpp"

namespace tappet {

struct JsonLimits {
    std::size_t depth = 128;  ///< nested arrays and objects
};

/// Where and why a JSON text does not parse (RFC 8259, strict: valid UTF-8, no trailing commas, no comments).
struct JsonError {
    std::string message;     ///< "unexpected character"; without the position
    std::size_t offset = 0;  ///< bytes from the start, from 0
    std::size_t line = 1;    ///< from 1
    std::size_t column = 1;  ///< in code points, from 1
};

struct JsonParsed {
    bool ok = false;
    Value value;
    JsonError error;
};

/// Reads a JSON text. Integral numbers within int64 (written without fraction and exponent) become integer,
/// all others number (exactly rounded); of duplicate keys the last counts. A number beyond double's range is
/// an error, as is an unpaired surrogate. Never recurses.
JsonParsed parse_json(std::string_view text, const JsonLimits& limits = {});

/// As parse_json, with one sentence that names line, column and byte offset.
Result<Value> read_json(std::string_view text, const JsonLimits& limits = {});

enum class Secrets { redact, reveal };  ///< redact prints each secret value as "••••"

struct JsonStyle {
    Secrets secrets = Secrets::redact;
    int indent = 0;  ///< spaces per level; 0 prints one line
};

/// Writes JSON: doubles in the shortest form that reads back, with ".0" when integral; bytes as base64,
/// timestamps as RFC 3339, durations as "1.5s"; uint as a number; map keys as strings. Fails (invalid) for
/// NaN, infinities, types and empty optionals, naming the path ("$.a[3]").
Result<std::string> write_json(const Value& value, const JsonStyle& style = {});

/// As write_json for values that are known to be writable (built by parse_json or by our own code); NaN and
/// the like print as null. Appends to out.
void append_json(std::string& out, const Value& value, const JsonStyle& style = {});

/// The value as it looks after leaving through JSON and coming back: timestamps, durations and bytes are
/// strings, uint is integer where it fits, map keys are strings. The same value (no copy) when nothing
/// changes; marks are kept. Fails as write_json does. What stepResults hold has gone through this.
Result<Value> to_json_value(const Value& value);

}  // namespace tappet
