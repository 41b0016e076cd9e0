#include "app/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// How many bytes the first code points take.
std::size_t bytes_of(std::string_view text, std::size_t points) {
    std::size_t end = 0, seen = 0;
    while (end < text.size() && (seen < points || !starts_code_point(text[end])))
        seen += starts_code_point(text[end++]) ? 1 : 0;
    return end;
}

/// JSON leaves DEL and U+0080 to U+009F as they are, some terminals do not. They stand in strings only, where
/// an escape means the same.
std::string escaped(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        const bool c1 =
            json[i] == '\xC2' && i + 1 < json.size() && static_cast<unsigned char>(json[i + 1]) < 0xA0;
        if (c1)
            out += "\\u00" + to_hex(json.substr(++i, 1));
        else if (json[i] == 0x7F)
            out += "\\u007f";
        else
            out += json[i];
    }
    return out;
}

}  // namespace

Exit exit_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::not_found:
            return Exit::not_found;
        case ErrorCode::conflict:
            return Exit::conflict;
        case ErrorCode::unauthorized:
        case ErrorCode::forbidden:
            return Exit::not_permitted;
        case ErrorCode::timed_out:
            return Exit::timed_out;
        case ErrorCode::internal:
            return Exit::internal;
        default:
            return Exit::failed;
    }
}

Console::Console() {
    const char* no_color = std::getenv("NO_COLOR");
    terminal = ::isatty(STDOUT_FILENO) == 1;
    color = terminal && (!no_color || !*no_color);
    winsize size{};
    if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        width = size.ws_col;
    else if (!terminal)
        width = 100;
}

void Console::out(std::string_view text) const {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void Console::line(std::string_view text) const { out(std::string(text) + "\n"); }

void Console::note(std::string_view text) const {
    const std::string whole = std::string(text) + "\n";
    std::fwrite(whole.data(), 1, whole.size(), stderr);
}

void Console::value(const Value& value) const { line(json_text(value, 2)); }

void Console::document(std::string_view text) const { line(escaped(text)); }

Exit Console::fail(const Error& error) const { return fail(exit_of(error), error.message); }

Exit Console::fail(Exit code, std::string_view message) const {
    if (json)
        value(Value::object({{"error", Value::object({{"exit", Value::integer(static_cast<int>(code))},
                                                      {"message", Value::string(message)}})}}));
    note("tappet: " + printable_lines(message));
    return code;
}

std::string Console::paint(std::string_view style, std::string_view text) const {
    if (!color || style.empty()) return std::string(text);
    return "\x1b[" + std::string(style) + "m" + std::string(text) + "\x1b[0m";
}

std::string json_text(const Value& value, int indent) {
    std::string text;
    append_json(text, value, {Secrets::redact, indent});
    return escaped(text);
}

std::size_t text_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::string padded(std::string_view text, std::size_t width) {
    const std::size_t own = text_width(text);
    return std::string(text) + std::string(own < width ? width - own : 0, ' ');
}

std::string shortened(std::string_view text, std::size_t width) {
    if (text_width(text) <= width) return std::string(text);
    if (width == 0) return {};
    return std::string(text.substr(0, bytes_of(text, width - 1))) + "…";
}

std::string shortened_within(std::string_view text, std::size_t width) {
    const std::size_t own = text_width(text);
    if (own <= width) return std::string(text);
    if (width == 0) return {};
    const std::size_t begin = width / 2, end = width - 1 - begin;
    return std::string(text.substr(0, bytes_of(text, begin))) + "…" +
           std::string(text.substr(bytes_of(text, own - end)));
}

std::string counted(std::string_view count, std::string_view one, std::string_view many) {
    return std::string(count) + " " + std::string(count == "1" ? one : many);
}

std::string clock_text(TimeMs time) { return to_rfc3339(time).substr(11, 12); }

std::string span_text(std::int64_t ms) {
    if (ms < 0) ms = 0;
    if (ms < 1'000) return std::to_string(ms) + "ms";
    char text[32];
    if (ms < 60'000)
        std::snprintf(text, sizeof text, "%.2fs", static_cast<double>(ms) / 1000);
    else if (ms < 3'600'000)
        std::snprintf(text, sizeof text, "%dm%02ds", static_cast<int>(ms / 60'000),
                      static_cast<int>(ms / 1000 % 60));
    else
        std::snprintf(text, sizeof text, "%dh%02dm", static_cast<int>(ms / 3'600'000),
                      static_cast<int>(ms / 60'000 % 60));
    return text;
}

std::string_view status_style(std::string_view status) {
    if (status == "succeeded" || status == "ok") return "32";
    if (status == "failed" || status == "quarantined" || status == "outcome_unknown" || status == "fail")
        return "31";
    if (status == "skipped" || status == "cancelled" || status == "filtered") return "2";
    if (status == "retrying" || status == "waiting" || status == "warn") return "33";
    return "36";
}

std::string status_text(const Console& console, std::string_view status) {
    std::string_view mark = "●";
    if (status == "succeeded") mark = "✔";
    if (status == "failed" || status == "quarantined" || status == "outcome_unknown") mark = "✘";
    if (status == "skipped" || status == "cancelled") mark = "–";
    if (status == "retrying" || status == "waiting") mark = "↻";
    return console.paint(status_style(status), std::string(mark) + " " + printable(status));
}

}  // namespace tappet::app
