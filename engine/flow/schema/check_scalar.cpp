#include <algorithm>

#include "base/closest.hpp"
#include "flow/schema/check.hpp"
#include "flow/schema/describe.hpp"
#include "flow/schema/numbers.hpp"

namespace tappet::flow::schema {
namespace {

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

SchemaProblem not_among(const std::vector<Value>& options, const Value& value) {
    SchemaProblem problem;
    problem.keyword = "enum";
    problem.detail = options.empty() ? "is not allowed"
                                     : "must be " + std::string(options.size() > 1 ? "one of " : "") +
                                           choice_text(options);
    if (!value.is(Kind::string) || value.secret()) return problem;
    std::vector<std::string_view> names;
    for (const Value& option : options) {
        if (option.is(Kind::string)) names.push_back(option.as_string());
    }
    problem.suggestion = closest(value.as_string(), names);
    return problem;
}

}  // namespace

bool Checker::among_options(const Node& node, const Value& value) {
    if (value.is(Kind::string) && node.words.is(Kind::map))
        return spend(value.size() / 64) && node.words.find(value.as_string()) != nullptr;
    return spend(node.enumeration.size() / 4) &&
           std::find(node.enumeration.begin(), node.enumeration.end(), value) != node.enumeration.end();
}

bool Checker::values(const Node& node, const Value& value, const Path& path) {
    bool ok = true;
    if (node.has_enum && !among_options(node, value)) {
        if (!report_ || spent_) return false;
        ok = fail_with(path, not_among(node.enumeration, value));
    }
    if (node.constant && !(*node.constant == value)) {
        ok = fail(path, "const", [&] { return "must be " + value_text(*node.constant); });
    }
    return ok;
}

bool Checker::number(const NumberRules& rules, const Value& value, const Path& path) {
    bool ok = true;
    auto bound = [&](const std::optional<Value>& limit, std::string_view keyword, std::string_view words,
                     auto fits) {
        if (!limit || fits(compare_numbers(value, *limit)) || (!ok && !report_)) return;
        ok = fail(path, keyword, [&] {
            return "must be " + std::string(words) + " " + value_text(*limit) + ", is " + value_text(value);
        });
    };
    bound(rules.minimum, "minimum", "at least", [](std::partial_ordering o) { return o >= 0; });
    bound(rules.maximum, "maximum", "at most", [](std::partial_ordering o) { return o <= 0; });
    bound(rules.exclusive_minimum, "exclusiveMinimum", "more than",
          [](std::partial_ordering o) { return o > 0; });
    bound(rules.exclusive_maximum, "exclusiveMaximum", "less than",
          [](std::partial_ordering o) { return o < 0; });
    if (rules.multiple_of && (ok || report_) && !is_multiple(value, *rules.multiple_of)) {
        ok = fail(path, "multipleOf", [&] {
            return "must be a multiple of " + value_text(*rules.multiple_of) + ", is " + value_text(value);
        });
    }
    return ok;
}

bool Checker::string(const StringRules& rules, const Value& value, const Path& path) {
    bool ok = true;
    const std::string_view text = value.as_string();
    if (!rules.length.unbounded()) {
        // A code point is one to four bytes: most strings need no counting.
        const bool surely = text.size() <= rules.length.most && text.size() / 4 >= rules.length.least;
        const std::size_t length = surely ? rules.length.least : code_points(text);
        if (length < rules.length.least) {
            ok = fail(path, "minLength", [&] {
                if (rules.length.least == 1) return std::string("must not be empty");
                return "must be at least " + counted(rules.length.least, "character", "characters") +
                       " long, has " + std::to_string(length);
            });
        } else if (length > rules.length.most) {
            ok = fail(path, "maxLength", [&] {
                return "must be at most " + counted(rules.length.most, "character", "characters") +
                       " long, has " + std::to_string(length);
            });
        }
    }
    if (!rules.pattern || (!ok && !report_)) return ok;
    if (!spend(rules.pattern->work(text))) return false;
    if (!rules.pattern->matches(text)) {
        ok = fail(path, "pattern", [&] { return "must match the pattern " + rules.pattern->text(); });
    }
    return ok;
}

}  // namespace tappet::flow::schema
