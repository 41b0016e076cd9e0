#pragma once
#include <cstdint>
#include <string>

#include "expr/value.hpp"

namespace tappet {

/// The shortest decimal that reads back as the same double; ".0" when integral, so that it stays a double
/// ("1.0"). "NaN", "Infinity", "-Infinity" for the rest.
std::string number_text(double v);
/// RFC 3339 in UTC with as many digits of the fraction as needed, in groups of three.
std::string timestamp_text(std::int64_t seconds, std::int32_t nanos);
/// Seconds with a fraction as needed and an "s": "1.5s", "-0.001s".
std::string duration_text(std::int64_t seconds, std::int32_t nanos);
/// A map's key as JSON writes it.
std::string key_text(const Value& key);

}  // namespace tappet
