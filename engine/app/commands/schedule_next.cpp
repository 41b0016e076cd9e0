#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/table.hpp"
#include "base/time_text.hpp"
#include "schedule/timetable.hpp"

namespace tappet::app {
namespace {

using schedule::Occurrence;
using schedule::Timetable;
using std::chrono::seconds;

constexpr std::size_t kMaxShown = 10'000;

struct NextOptions {
    std::string cron, every, zone = "UTC", gap = "runAfter", overlap = "once", from;
    std::size_t count = 10;
};

/// 2027-03-14T03:00:00, of clocks that are so far ahead of UTC.
std::string wall_text(TimeMs at, seconds offset) {
    return to_rfc3339(at + std::chrono::milliseconds(offset)).substr(0, 19);
}

/// +05:30, and -00:44:30 where there are seconds.
std::string offset_text(seconds offset) {
    const auto count = std::abs(offset.count());
    char out[32];
    if (count % 60 != 0)
        std::snprintf(out, sizeof out, "%c%02d:%02d:%02d", offset.count() < 0 ? '-' : '+',
                      static_cast<int>(count / 3600), static_cast<int>(count / 60 % 60),
                      static_cast<int>(count % 60));
    else
        std::snprintf(out, sizeof out, "%c%02d:%02d", offset.count() < 0 ? '-' : '+',
                      static_cast<int>(count / 3600), static_cast<int>(count / 60 % 60));
    return out;
}

std::string time_of_day(schedule::WallTime wall) {
    return to_rfc3339({std::chrono::milliseconds(wall.time_since_epoch()).count()}).substr(11, 8);
}

std::string_view code_of(Occurrence::Note note) {
    switch (note) {
        case Occurrence::Note::moved:
            return "moved";
        case Occurrence::Note::left_out:
            return "skipped";
        case Occurrence::Note::first:
            return "first";
        case Occurrence::Note::again:
            return "again";
        case Occurrence::Note::none:
            break;
    }
    return "";
}

std::string note_of(const Occurrence& occurrence) {
    switch (occurrence.note) {
        case Occurrence::Note::moved:
            return time_of_day(occurrence.named) + " is left out by the clocks: runs at the end of the gap";
        case Occurrence::Note::left_out:
            return time_of_day(occurrence.named) + " is left out by the clocks: does not run";
        case Occurrence::Note::first:
            return "comes twice: runs the first time";
        case Occurrence::Note::again:
            return "comes twice: runs again";
        case Occurrence::Note::none:
            break;
    }
    return "";
}

Value document(const Timetable& table, const std::vector<Occurrence>& list) {
    std::vector<Value> items;
    for (const Occurrence& occurrence : list) {
        const bool gap = occurrence.note == Occurrence::Note::moved || !occurrence.fires();
        const std::string_view code = code_of(occurrence.note);
        items.push_back(
            Value::object({{"at", Value::string(to_rfc3339(occurrence.at))},
                           {"local", Value::string(wall_text(occurrence.at, occurrence.offset))},
                           {"offset", Value::string(offset_text(occurrence.offset))},
                           {"fires", Value::boolean(occurrence.fires())},
                           {"change", code.empty() ? Value() : Value::string(std::string(code))},
                           {"named", gap ? Value::string(time_of_day(occurrence.named)) : Value()}}));
    }
    return Value::object(
        {{"zone", Value::string(table.zone().name())}, {"next", Value::list(std::move(items))}});
}

/// The error as one of the command line, with the option it belongs to.
Exit refuse(Invocation& call, std::string_view option, const Error& error) {
    const Exit exit = error.code == ErrorCode::invalid ? Exit::usage : exit_of(error);
    return call.console.fail(exit, std::string(option) + (option.empty() ? "" : ": ") + error.message);
}

Result<Timetable> table_of(const NextOptions& options, const schedule::Zone& zone) {
    if (options.every.empty()) {
        auto cron = schedule::Cron::parse(options.cron);
        if (!cron) return cron.error();
        if (cron->never()) return Error::invalid("cron: no date is ever named: it never fires");
        return Timetable(std::move(*cron), zone,
                         {*schedule::parse_gap(options.gap), *schedule::parse_overlap(options.overlap)});
    }
    const auto interval = parse_duration(options.every);
    if (!interval) return Error::invalid("every: `" + options.every + "` is no duration such as 5m or 1h30m");
    return Timetable::every(*interval, {}, zone);
}

Exit show_next(Invocation& call, const NextOptions& options) {
    if (options.cron.empty() == options.every.empty())
        return call.console.fail(Exit::usage, "give a cron text, or a distance with --every; one of them");
    TimeMs from = SystemClock().now();
    if (!options.from.empty()) {
        const auto read = parse_rfc3339(options.from);
        if (!read)
            return call.console.fail(
                Exit::usage, "--from: `" + options.from + "` is no time such as 2027-03-14T00:00:00-05:00");
        from = *read;
    }
    const auto zone = schedule::Zone::load(options.zone);
    if (!zone) return refuse(call, "--tz", zone.error());
    const auto table = table_of(options, *zone);
    if (!table) return refuse(call, "", table.error());
    const auto list = table->explain(from, options.count);
    if (call.console.json) {
        call.console.value(document(*table, list));
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const Occurrence& occurrence : list) {
        std::string local = wall_text(occurrence.at, occurrence.offset),
                    utc = wall_text(occurrence.at, seconds(0));
        local[10] = utc[10] = ' ';
        if (!occurrence.fires()) utc = "-";
        rows.push_back({local, offset_text(occurrence.offset), utc, note_of(occurrence)});
    }
    call.console.out(tappet::app::table(call.console, {"LOCAL", "OFFSET", "UTC", {"NOTE", Fit::text}}, rows));
    if (list.empty())
        call.console.note("it does not fire by the end of the year " + std::to_string(schedule::kLastYear));
    return Exit::ok;
}

}  // namespace

void add_schedule_next(CLI::App& schedule, Invocation& call) {
    auto options = std::make_shared<NextOptions>();
    CLI::App* next = schedule.add_subcommand("next", "when a schedule fires next");
    next->add_option("CRON", options->cron, "a cron text of five or six fields, or a macro such as @daily");
    next->add_option("--every", options->every, "a distance such as 5m instead, counted from the Unix epoch");
    next->add_option("--tz", options->zone, "the time zone, such as Europe/Berlin")->capture_default_str();
    next->add_option("-n,--count", options->count, "how many instants")
        ->check(CLI::Range(std::size_t{1}, kMaxShown))
        ->capture_default_str();
    next->add_option("--gap", options->gap, "wall times that a change of the clocks leaves out")
        ->check(CLI::IsMember({"skip", "runAfter"}))
        ->capture_default_str();
    next->add_option("--overlap", options->overlap, "wall times that come twice")
        ->check(CLI::IsMember({"once", "both"}))
        ->capture_default_str();
    next->add_option("--from", options->from, "later than this time (RFC 3339) instead of now");
    next->add_flag_callback(
        "--json", [&call] { call.console.json = true; }, "the same as -o json");
    take_output(*next, call);
    next->callback([&call, options] { call.run = [&call, options] { return show_next(call, *options); }; });
}

}  // namespace tappet::app
