#include <array>
#include <vector>

#include "base/closest.hpp"
#include "base/printable.hpp"
#include "schedule/cron.hpp"
#include "schedule/cron_days_field.hpp"

namespace tappet::schedule {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

constexpr std::array<FieldKind, 6> kKinds{{
    {"second", 0, 59, {}, "0-59, `*`, lists, ranges and steps"},
    {"minute", 0, 59, {}, "0-59, `*`, lists, ranges and steps"},
    {"hour", 0, 23, {}, "0-23, `*`, lists, ranges and steps"},
    {"day of month", 1, 31, {}, "1-31, `*`, `?`, lists, ranges, steps, `L`, `L-3`, `15W`, `LW`"},
    {"month", 1, 12, kMonths, "1-12, jan-dec, `*`, lists, ranges and steps"},
    {"day of week", 0, 7, kWeekdays,
     "0-7 (0 and 7 are Sunday), sun-sat, `*`, `?`, lists, ranges, steps, `5L`, `mon#2`"},
}};

struct Macro {
    std::string_view name, text;
};
constexpr std::array<Macro, 7> kMacros{{{"@yearly", "0 0 1 1 *"},
                                        {"@annually", "0 0 1 1 *"},
                                        {"@monthly", "0 0 1 * *"},
                                        {"@weekly", "0 0 * * 0"},
                                        {"@daily", "0 0 * * *"},
                                        {"@midnight", "0 0 * * *"},
                                        {"@hourly", "0 * * * *"}}};

constexpr std::string_view kBlanks = " \t";

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> out;
    for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
        out.push_back({text.substr(at, end - at), at});
        at = text.find_first_not_of(kBlanks, end);
    }
    return out;
}

Error fault(const FieldKind& kind, std::size_t field, const FieldError& error) {
    return Error::invalid(
        "cron: " + std::string(kind.name) + " (field " + std::to_string(field + 1) + ", column " +
        std::to_string(error.column + 1) + "): " + error.what +
        "; allowed: " + (error.allowed.empty() ? std::string(kind.allowed) : error.allowed));
}

Error wrong_count(std::string_view text, std::size_t count) {
    std::string out = "cron: `" + printable(text.substr(0, 80)) + "` has " + std::to_string(count) +
                      (count == 1 ? " field" : " fields") +
                      "; allowed: minute, hour, day of month, month, day of week; with a second before them "
                      "that is six; or @yearly, @monthly, @weekly, @daily, @hourly";
    if (count == 7) out += ". A year cannot be given";
    return Error::invalid(std::move(out));
}

Result<std::string_view> expanded(std::string_view macro) {
    std::string small(macro.substr(0, 64));
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    std::vector<std::string_view> names;
    for (const Macro& known : kMacros) {
        if (small == known.name) return known.text;
        names.push_back(known.name);
    }
    std::string out = "cron: there is no `" + printable(macro.substr(0, 80)) + "`";
    if (small.starts_with("@every"))
        out += "; a distance is written `every: 5m`";
    else if (const auto near = closest(small, names); !near.empty())
        out += "; did you mean `" + std::string(near) + "`?";
    return Error::invalid(out +
                          "; allowed: @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly");
}

std::optional<FieldError> read_set(const FieldKind& kind, Word word, FieldSet& set) {
    while (const auto item = next_item(word))
        if (auto error = read_item(kind, *item, set)) return error;
    return std::nullopt;
}

std::optional<FieldError> read_field(std::size_t which, Word word, CronFields& fields) {
    if (which == 3) return read_days(kKinds[3], word, fields);
    if (which == 5) return read_weekdays(kKinds[5], word, fields);
    FieldSet set;
    if (auto error = read_set(kKinds[which], word, set)) return error;
    fields.repeats = fields.repeats || (which <= 2 && set.repeats);
    if (which == 0) fields.seconds = set.bits;
    if (which == 1) fields.minutes = set.bits;
    if (which == 2) fields.hours = static_cast<std::uint32_t>(set.bits);
    if (which == 4) fields.months = static_cast<std::uint16_t>(set.bits);
    return std::nullopt;
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
    if (text.size() > kMaxCronText)
        return Error::invalid("cron: the text has " + std::to_string(text.size()) +
                              " bytes; allowed: " + std::to_string(kMaxCronText));
    std::vector<Word> words = words_of(text);
    if (words.size() == 1 && words[0].text.starts_with('@')) {
        const auto macro = expanded(words[0].text);
        if (!macro) return macro.error();
        words = words_of(*macro);
    }
    if (words.size() != 5 && words.size() != 6) return wrong_count(text, words.size());
    CronFields fields{.seconds = 1};
    const std::size_t skipped = 6 - words.size();
    if (words[3 - skipped].text == "?" && words[5 - skipped].text == "?")
        return fault(
            kKinds[5], 5 - skipped,
            {words[5 - skipped].column, "both day fields are `?`", "`?` in one of them, `*` in the other"});
    for (std::size_t i = 0; i < words.size(); ++i)
        if (const auto error = read_field(i + skipped, words[i], fields))
            return fault(kKinds[i + skipped], i, *error);
    return Cron(fields);
}

}  // namespace tappet::schedule
