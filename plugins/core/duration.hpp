#pragma once
#include <cstdint>
#include <string_view>

namespace core {

/// A hundred years, in milliseconds.
constexpr std::int64_t kLongestDurationMs = 100LL * 366 * 24 * 3600 * 1000;

/// A duration as flows write it (500ms, 1.5s, 1h30m, PT1M) in milliseconds; -1 when malformed or too long.
std::int64_t parse_duration_ms(std::string_view text);

}  // namespace core
