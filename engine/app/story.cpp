#include "app/story.hpp"

#include <algorithm>

#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kLeastBar = 16;
constexpr std::size_t kMostPath = 36;

std::string text_of(const Value& object, std::string_view name) {
    const Value* value = object.find(name);
    if (!value || value->is_null()) return {};
    if (value->is(Kind::string)) return std::string(value->as_string());
    std::string out;
    append_json(out, *value);
    return out;
}

std::int64_t time_of(const Value& object, std::string_view name) {
    const auto time = parse_rfc3339(text_of(object, name));
    return time ? time->ms : 0;
}

std::string error_text(const Value& object) {
    const Value* error = object.find("error");
    if (!error || error->is_null()) return {};
    return text_of(*error, "class") + ": " + text_of(*error, "message");
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
    const std::int64_t end = std::max(time_of(step, "finishedAt"), begin);
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

Span span_of(const Value& run, const Value& steps) {
    Span out{time_of(run, "createdAt"), std::max(time_of(run, "finishedAt"), time_of(run, "createdAt"))};
    for (const Value& step : steps.items())
        out.end = std::max({out.end, time_of(step, "finishedAt"), time_of(step, "startedAt")});
    return out;
}

std::string heading(const Console& console, const Value& run, const Span& whole) {
    const bool ended = time_of(run, "finishedAt") != 0;
    std::string out = console.paint("1", text_of(run, "flow")) + " v" + text_of(run, "version") + "  " +
                      status_text(console, text_of(run, "status"));
    out += "  " + span_text(whole.end - whole.begin) + (ended ? "" : " so far") + "\n";
    out += console.paint("2", text_of(run, "id") + "  " + text_of(run, "createdAt") + "  trigger " +
                                  text_of(run, "trigger")) +
           "\n";
    const Value* labels = run.find("labels");
    if (labels && labels->size() > 0) {
        out += console.paint("2", "labels");
        for (const MapEntry& label : labels->entries())
            out += "  " + std::string(label.key.as_string()) + "=" + text_of(*labels, label.key.as_string());
        out += "\n";
    }
    return out;
}

}  // namespace

std::string step_line(const Console& console, const Value& step) {
    const std::string status = text_of(step, "status");
    const std::int64_t took = time_of(step, "finishedAt") - time_of(step, "startedAt");
    std::string out = "  " + padded(status_text(console, status), 12) + " " + text_of(step, "path");
    if (const std::string attempts = attempts_text(step); !attempts.empty()) out += " " + attempts;
    if (time_of(step, "startedAt") != 0 && took >= 0) out += console.paint("2", " " + span_text(took));
    if (const std::string error = error_text(step); !error.empty()) out += "  " + console.paint("31", error);
    return out;
}

std::string waterfall(const Console& console, const Value& story) {
    static const Value kNone = Value::list({});
    const Value& run = *story.find("run");
    const Value* listed = story.find("steps");
    const Value& steps = listed && listed->is(Kind::list) ? *listed : kNone;
    const Span whole = span_of(run, steps);
    std::size_t path = 4;
    for (const Value& step : steps.items()) path = std::max(path, text_width(text_of(step, "path")));
    path = std::min(path, kMostPath);
    const std::size_t fixed = 2 + 2 + path + 1 + 4 + 1 + 8 + 2;
    const std::size_t width =
        std::max(kLeastBar, std::min<std::size_t>(console.width > fixed ? console.width - fixed - 1 : 0, 60));
    std::string out = heading(console, run, whole) + "\n";
    for (const Value& step : steps.items()) {
        const std::string status = text_of(step, "status");
        const std::string marked = status_text(console, status);
        const std::string mark = marked.substr(0, marked.find(' ')) + (console.color ? "\x1b[0m" : "");
        const std::int64_t begin = time_of(step, "startedAt"), end = time_of(step, "finishedAt");
        const std::string took = begin && end ? span_text(end - begin) : status;
        out += "  " + mark + " " + padded(shortened(text_of(step, "path"), path), path) + " " +
               padded(attempts_text(step), 4) + " ";
        out += "│" + bar(console, step, whole, width) + "│ " + took + "\n";
        if (const std::string error = error_text(step); !error.empty())
            out += "      " +
                   console.paint("31", shortened(error, console.width > 8 ? console.width - 8 : 60)) + "\n";
    }
    if (const std::string error = error_text(run); !error.empty()) {
        const std::string step = text_of(*run.find("error"), "step");
        out += "\n" +
               console.paint("31", "failed" + (step.empty() ? std::string() : " at " + step) + ": " + error) +
               "\n";
    }
    const Value* outputs = run.find("outputs");
    if (outputs && !outputs->is_null()) out += "\noutputs  " + text_of(run, "outputs") + "\n";
    return out;
}

}  // namespace tappet::app
