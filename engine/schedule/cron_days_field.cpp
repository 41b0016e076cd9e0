#include "schedule/cron_days_field.hpp"

namespace tappet::schedule {
namespace {

bool is(char c, char capital) { return (c & ~0x20) == capital; }
bool begins(Word word, char capital) { return !word.text.empty() && is(word.text.front(), capital); }
bool ends(Word word, char capital) { return !word.text.empty() && is(word.text.back(), capital); }

constexpr FieldKind kFromLast{.name = "", .min = 0, .max = 30};
constexpr FieldKind kNth{.name = "", .min = 1, .max = 5};

/// The n of `L` and `L-n`; -1 and an error otherwise.
int from_last(Word word, FieldError& error) {
    if (word.text.size() == 1) return 0;
    if (word.text[1] != '-') {
        error = {word.column + 1, "nothing but `-` may follow `L`", "`L`, `L-3` or `LW`"};
        return -1;
    }
    const int out = read_number(kFromLast, word.from(2), error);
    if (out < 0) error.allowed = "0-30 after `L-`";
    return out;
}

std::optional<FieldError> read_near(const FieldKind& kind, Word word, CronFields& fields) {
    FieldError error;
    const Word day = word.until(word.text.size() - 1);
    const int n = begins(day, 'L') ? from_last(day, error) : read_number(kind, day, error);
    if (n < 0) {
        if (day.text.find_first_of(",-/*") != std::string_view::npos && !begins(day, 'L'))
            error = {word.column, "`W` goes with one day, and stands alone in its field",
                     "`15W`, `LW`, `L-2W`"};
        return error;
    }
    if (begins(day, 'L'))
        fields.near_from_last = static_cast<std::int8_t>(n);
    else
        fields.near_day = static_cast<std::uint8_t>(n);
    return std::nullopt;
}

std::optional<FieldError> read_day(const FieldKind& kind, Word item, CronFields& fields, FieldSet& set) {
    if (ends(item, 'W'))
        return FieldError{item.column, "`W` goes with one day, and stands alone in its field",
                          "`15W`, `LW`, `L-2W`"};
    if (!begins(item, 'L')) return read_item(kind, item, set);
    FieldError error;
    const int n = from_last(item, error);
    if (n < 0) return error;
    fields.days_from_last |= std::uint32_t{1} << n;
    return std::nullopt;
}

std::optional<FieldError> read_nth(const FieldKind& kind, Word item, std::size_t hash, CronFields& fields) {
    FieldError error;
    const int day = read_number(kind, item.until(hash), error);
    if (day < 0) return error;
    const int n = read_number(kNth, item.from(hash + 1), error);
    if (n < 0) {
        error.allowed = "1-5 after `#`; the last one is written `5L`";
        return error;
    }
    fields.nth_weekday[static_cast<std::size_t>(n - 1)] |= static_cast<std::uint8_t>(1 << day % 7);
    return std::nullopt;
}

std::optional<FieldError> read_weekday(const FieldKind& kind, Word item, CronFields& fields, FieldSet& set) {
    if (const auto hash = item.text.find('#'); hash != std::string_view::npos)
        return read_nth(kind, item, hash, fields);
    if (!ends(item, 'L')) return read_item(kind, item, set);
    if (item.text.size() == 1)
        return FieldError{item.column, "`L` says the last of which day", "`5L` or `friL`"};
    FieldError error;
    const int day = read_number(kind, item.until(item.text.size() - 1), error);
    if (day < 0) return error;
    fields.last_weekday |= static_cast<std::uint8_t>(1 << day % 7);
    return std::nullopt;
}

constexpr std::uint32_t kEachDay = 0xFFFFFFFE, kEachWeekday = 0x7F;

}  // namespace

std::optional<FieldError> read_days(const FieldKind& kind, Word word, CronFields& fields) {
    fields.day_star = word.text.starts_with('*') || word.text == "?";
    if (word.text == "?") {
        fields.days = kEachDay;
        return std::nullopt;
    }
    if (ends(word, 'W') && word.text.find(',') == std::string_view::npos)
        return read_near(kind, word, fields);
    FieldSet set;
    while (const auto item = next_item(word))
        if (auto error = read_day(kind, *item, fields, set)) return error;
    fields.days = static_cast<std::uint32_t>(set.bits);
    return std::nullopt;
}

std::optional<FieldError> read_weekdays(const FieldKind& kind, Word word, CronFields& fields) {
    fields.weekday_star = word.text.starts_with('*') || word.text == "?";
    if (word.text == "?") {
        fields.weekdays = kEachWeekday;
        return std::nullopt;
    }
    FieldSet set;
    while (const auto item = next_item(word))
        if (auto error = read_weekday(kind, *item, fields, set)) return error;
    fields.weekdays = static_cast<std::uint8_t>((set.bits | set.bits >> 7) & kEachWeekday);
    return std::nullopt;
}

}  // namespace tappet::schedule
