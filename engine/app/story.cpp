#include "app/story.hpp"

#include <algorithm>

#include "app/document.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kLeastBar = 16;
constexpr std::size_t kMostPath = 36;

std::int64_t time_of(const Value& object, std::string_view name) {
    const auto time = parse_rfc3339(text_of(object, name));
    return time ? time->ms : 0;
}

std::string error_text(const Value& object) {
    const Value* error = object.find("error");
    if (!error || error->is_null()) return {};
    return shown_of(*error, "class") + ": " + shown_of(*error, "message");
}

std::string attempts_text(const Value& step) {
    const Value* attempts = step.find("attempts");
    const bool several = attempts && attempts->is(Kind::integer) && attempts->as_integer() > 1;
    return several ? "×" + std::to_string(attempts->as_integer()) : std::string();
}

struct Span {
    std::int64_t begin = 0, end = 0;
};

/// The run's time as columns; a step that took no time still shows.
std::string bar(const Console& console, const Value& step, const Span& whole, std::size_t width) {
    const std::int64_t begin = time_of(step, "startedAt");
    if (begin == 0) return std::string(width, ' ');
    const std::int64_t finished = time_of(step, "finishedAt");
    const std::int64_t end = std::max(finished == 0 ? whole.end : finished, begin);
    const std::int64_t length = std::max<std::int64_t>(whole.end - whole.begin, 1);
    const auto column = [&](std::int64_t time) {
        return static_cast<std::size_t>(
            std::clamp<std::int64_t>((time - whole.begin) * static_cast<std::int64_t>(width) / length, 0,
                                     static_cast<std::int64_t>(width) - 1));
    };
    const std::size_t from = column(begin), to = std::max(column(end), from);
    std::string marks;
    for (std::size_t i = from; i <= to; ++i) marks += "█";
    const std::string status = text_of(step, "status");
    return std::string(from, ' ') + console.paint(status_style(status), marks) +
           std::string(width - to - 1, ' ');
}

Span span_of(const Value& run, std::span<const Value> steps, TimeMs now) {
    const std::int64_t finished = time_of(run, "finishedAt");
    Span out{time_of(run, "createdAt"),
             std::max(finished == 0 ? now.ms : finished, time_of(run, "createdAt"))};
    for (const Value& step : steps)
        out.end = std::max({out.end, time_of(step, "finishedAt"), time_of(step, "startedAt")});
    return out;
}

std::string heading(const Console& console, const Value& run, const Span& whole) {
    const bool ended = time_of(run, "finishedAt") != 0;
    std::string out = console.paint("1", shown_of(run, "flow")) + " v" + shown_of(run, "version") + "  " +
                      status_text(console, shown_of(run, "status"));
    out += "  " + span_text(whole.end - whole.begin) + (ended ? "" : " so far") + "\n";
    out += console.paint("2", shown_of(run, "id") + "  " + shown_of(run, "createdAt") + "  trigger " +
                                  shown_of(run, "trigger")) +
           "\n";
    const Value* labels = run.find("labels");
    if (labels && labels->is(Kind::map) && labels->size() > 0) {
        out += console.paint("2", "labels");
        for (const MapEntry& label : labels->entries())
            out += "  " + printable(label.key.as_string()) + "=" + shown_of(*labels, label.key.as_string());
        out += "\n";
    }
    return out;
}

/// How the run came to its error.
std::string ended_text(const Value& run) {
    const std::string status = shown_of(run, "status");
    return status == "cancelled" || status == "quarantined" ? status : "failed";
}

/// The error of a run; of one that was cancelled without the class, which its status is.
std::string run_error_text(const Value& run) {
    std::string out = error_text(run);
    const std::string same = "cancelled: ";
    if (ended_text(run) == "cancelled" && out.starts_with(same)) out.erase(0, same.size());
    return out;
}

}  // namespace

std::string step_line(const Console& console, const Value& step) {
    const std::string status = text_of(step, "status");
    const std::int64_t took = time_of(step, "finishedAt") - time_of(step, "startedAt");
    std::string out = "  " + padded(status_text(console, status), 12) + " " + shown_of(step, "path");
    if (const std::string attempts = attempts_text(step); !attempts.empty()) out += " " + attempts;
    if (time_of(step, "startedAt") != 0 && took >= 0) out += console.paint("2", " " + span_text(took));
    if (const std::string error = error_text(step); !error.empty()) out += "  " + console.paint("31", error);
    return out;
}

std::string waterfall(const Console& console, const Value& story, TimeMs now) {
    const Value& run = *story.find("run");
    const auto steps = items_of(story, "steps");
    const Span whole = span_of(run, steps, now);
    std::size_t path = 4;
    for (const Value& step : steps) path = std::max(path, text_width(shown_of(step, "path")));
    path = std::min(path, kMostPath);
    const std::size_t fixed = 2 + 2 + path + 1 + 4 + 1 + 8 + 2;
    const std::size_t width =
        std::max(kLeastBar, std::min<std::size_t>(console.width > fixed ? console.width - fixed - 1 : 0, 60));
    std::string out = heading(console, run, whole) + "\n";
    for (const Value& step : steps) {
        const std::string status = text_of(step, "status");
        const std::string marked = status_text(console, status);
        const std::string mark = marked.substr(0, marked.find(' ')) + (console.color ? "\x1b[0m" : "");
        const std::int64_t begin = time_of(step, "startedAt"), end = time_of(step, "finishedAt");
        const std::string took = begin && end ? span_text(end - begin) : printable(status);
        out += "  " + mark + " " + padded(shortened(shown_of(step, "path"), path), path) + " " +
               padded(attempts_text(step), 4) + " ";
        out += "│" + bar(console, step, whole, width) + "│ " + took + "\n";
        if (const std::string error = error_text(step); !error.empty())
            out += "      " +
                   console.paint("31", shortened(error, console.width > 8 ? console.width - 8 : 60)) + "\n";
    }
    if (const std::string error = run_error_text(run); !error.empty()) {
        const std::string step = shown_of(*run.find("error"), "step");
        out += "\n" +
               console.paint(
                   "31", ended_text(run) + (step.empty() ? std::string() : " at " + step) + ": " + error) +
               "\n";
    }
    const Value* outputs = run.find("outputs");
    if (outputs && !outputs->is_null()) out += "\noutputs  " + shown_of(run, "outputs") + "\n";
    return out;
}

}  // namespace tappet::app
