#pragma once
#include <memory>
#include <string_view>

#include "expr/functions/function.hpp"

namespace re2 {
class RE2;
}

namespace tappet::expr {

/// A pattern in RE2's syntax, matched in linear time and with bounded memory. Safe to share between threads.
std::shared_ptr<const re2::RE2> compile_regex(std::string_view pattern);

bool is_good_regex(const re2::RE2& pattern);  ///< whether it parsed
/// What it took to compile it or to see that it is too large, in units; known only afterwards.
std::size_t compile_work(const re2::RE2& pattern);
std::string regex_problem(std::string_view pattern);  ///< what is wrong with a pattern; empty when it is good

/// Whether the pattern occurs in the text; spends by the lengths of both.
Value match_regex(const re2::RE2& pattern, std::string_view text, Meter& meter);

}  // namespace tappet::expr
