#include "expr/functions/regex.hpp"

#include <re2/re2.h>

namespace tappet::expr {

std::shared_ptr<const re2::RE2> compile_regex(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

bool is_good_regex(const re2::RE2& pattern) { return pattern.ok(); }

std::string regex_problem(std::string_view pattern) {
    const auto regex = compile_regex(pattern);
    return regex->ok() ? std::string() : regex->error();
}

Value match_regex(const re2::RE2& pattern, std::string_view text, Meter& meter) {
    if (!meter.spend((1 + text.size() / 10) * (1 + pattern.pattern().size() / 4))) return {};
    return Value::boolean(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern));
}

}  // namespace tappet::expr
