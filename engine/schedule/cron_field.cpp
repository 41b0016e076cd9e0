#include "schedule/cron_field.hpp"

#include <charconv>
#include <vector>

#include "base/closest.hpp"
#include "base/printable.hpp"

namespace tappet::schedule {
namespace {

std::string quoted(std::string_view text) { return "`" + printable(text) + "`"; }

bool same_letters(std::string_view text, std::string_view small) {
    if (text.size() != small.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] | 0x20) != small[i]) return false;
    return true;
}

bool digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Digits as a number; more than any field takes where there are too many of them.
int number(std::string_view text) {
    int out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc() ? out : 1'000'000'000;
}

std::string no_number(const FieldKind& kind, std::string_view text) {
    if (text.empty()) return "a number is missing";
    std::string out = quoted(text) + " is no number" + (kind.names.empty() ? "" : " and no name");
    std::vector<std::string_view> names(kind.names.begin(), kind.names.end());
    if (text.size() <= 4)
        for (std::string_view& name : names) name = name.substr(0, 3);
    if (const auto near = closest(text.substr(0, 64), names); !near.empty())
        out += "; did you mean `" + std::string(near) + "`?";
    return out;
}

std::string backwards(const FieldKind& kind, std::string_view text, int first, int last) {
    const auto span = [](int a, int b) {
        return a == b ? std::to_string(a) : std::to_string(a) + "-" + std::to_string(b);
    };
    const int top = kind.max == 7 ? 6 : kind.max;  // 7 is 0 once more
    return quoted(text) + " runs backwards; around the end of the field it is written `" + span(first, top) +
           "," + span(kind.min, last) + "`";
}

/// Numbers from first to last, as a range or as what `*` and a bare number with a step mean.
struct Range {
    int first = 0, last = 0;
};

std::optional<FieldError> read_range(const FieldKind& kind, Word base, bool stepped, Range& range) {
    FieldError error;
    if (base.text == "*") {
        range = {kind.min, kind.max == 7 ? 6 : kind.max};
        return std::nullopt;
    }
    const std::size_t dash = base.text.find('-');
    range.first = read_number(kind, base.until(dash), error);
    if (range.first < 0) return error;
    if (dash == std::string_view::npos) {
        if (stepped && kind.max == 7 && range.first == 7) range.first = 0;
        range.last = stepped ? (kind.max == 7 ? 6 : kind.max) : range.first;
        return std::nullopt;
    }
    range.last = read_number(kind, base.from(dash + 1), error);
    if (range.last < 0) return error;
    if (kind.max == 7 && range.last == 0 && range.first > 0) range.last = 7;  // sat-sun
    if (kind.max == 7 && range.first == 7 && range.last < 7) range.first = 0;
    if (range.first > range.last)
        return FieldError{base.column, backwards(kind, base.text, range.first, range.last)};
    return std::nullopt;
}

std::optional<FieldError> read_step(const FieldKind& kind, Word word, int& step) {
    const std::string allowed = "a step from 1 to " + std::to_string(kind.max);
    if (!digits(word.text))
        return FieldError{word.column,
                          word.text.empty() ? "the step after `/` is missing"
                                            : "the step " + quoted(word.text) + " is no number",
                          allowed};
    step = number(word.text);
    if (step == 0) return FieldError{word.column, "the step is 0", allowed};
    if (step > kind.max)
        return FieldError{word.column,
                          "the step " + quoted(word.text) +
                              " goes beyond the field and would count from its beginning each time; "
                              "for a distance use `every: 90m`",
                          allowed};
    return std::nullopt;
}

}  // namespace

std::optional<Word> next_item(Word& rest) {
    if (rest.text.data() == nullptr) return std::nullopt;
    const std::size_t comma = rest.text.find(',');
    const Word item = rest.until(comma);
    rest = comma == std::string_view::npos ? Word{} : rest.from(comma + 1);
    return item;
}

int read_number(const FieldKind& kind, Word word, FieldError& error) {
    if (digits(word.text)) {
        const int out = number(word.text);
        if (out >= kind.min && out <= kind.max) return out;
        error = {word.column, quoted(word.text) + " is out of range"};
        return -1;
    }
    int at = kind.min;
    for (const std::string_view name : kind.names) {
        if (same_letters(word.text, name) || same_letters(word.text, name.substr(0, 3))) return at;
        ++at;
    }
    error = {word.column, no_number(kind, word.text)};
    return -1;
}

std::optional<FieldError> read_item(const FieldKind& kind, Word item, FieldSet& set) {
    const std::size_t slash = item.text.find('/');
    const bool stepped = slash != std::string_view::npos;
    const Word base = item.until(slash);
    Range range;
    if (auto error = read_range(kind, base, stepped, range)) return error;
    int step = 1;
    if (stepped)
        if (auto error = read_step(kind, item.from(slash + 1), step)) return error;
    for (int n = range.first; n <= range.last; n += step) set.bits |= std::uint64_t{1} << n;
    set.repeats = set.repeats || stepped || base.text == "*" || base.text.find('-') != std::string_view::npos;
    return std::nullopt;
}

}  // namespace tappet::schedule
