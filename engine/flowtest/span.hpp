#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace tappet::flowtest {

/// A length of time as an expectation puts it: "20s", ">=20s", "<1m".
struct Span {
    enum class Op { equal, less, at_most, more, at_least } op = Op::equal;
    std::chrono::milliseconds length{0};
    bool holds(std::chrono::milliseconds got) const;
};

/// Reads a duration with `<`, `<=`, `>`, `>=`, `==` or nothing before it; nothing for anything else.
std::optional<Span> parse_span(std::string_view text);

}  // namespace tappet::flowtest
