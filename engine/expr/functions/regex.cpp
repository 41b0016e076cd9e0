#include "expr/functions/regex.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace tappet::expr {

std::shared_ptr<const re2::RE2> compile_regex(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

bool is_good_regex(const re2::RE2& pattern) { return pattern.ok(); }

std::size_t compile_work(const re2::RE2& pattern) {
    if (pattern.error_code() == re2::RE2::ErrorPatternTooLarge) return 200'000;
    return pattern.ok() ? 4 * static_cast<std::size_t>(pattern.ProgramSize()) : 0;
}

std::string regex_problem(std::string_view pattern) {
    const auto regex = compile_regex(pattern);
    return regex->ok() ? std::string() : regex->error();
}

Value match_regex(const re2::RE2& pattern, std::string_view text, Meter& meter) {
    // A counted repetition is short to write: what it compiles to is what may be walked through.
    const std::size_t written = (1 + text.size() / 10) * (1 + pattern.pattern().size() / 4);
    const std::size_t compiled = text.size() * static_cast<std::size_t>(pattern.ProgramSize()) / 500;
    if (!meter.spend(std::max(written, compiled))) return {};
    return Value::boolean(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern));
}

}  // namespace tappet::expr
