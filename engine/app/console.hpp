#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/exit_code.hpp"
#include "base/clock.hpp"
#include "expr/value.hpp"

namespace tappet::app {

/// Where a command writes: results to standard output, everything else to standard error. One thread.
/// Texts are written as they are: whoever shows data makes it printable (base/printable.hpp) before.
class Console {
public:
    Console();
    bool json = false;      ///< -o json
    bool terminal = false;  ///< results are read by a person: what is too wide may be left out
    bool color = false;     ///< a terminal, and no NO_COLOR
    std::size_t width = 80;

    void out(std::string_view text) const;
    void line(std::string_view text) const;
    void note(std::string_view text) const;      ///< to standard error
    void value(const Value& value) const;        ///< as indented JSON
    void document(std::string_view text) const;  ///< a text that is JSON already, and a line's end
    /// Says what went wrong, for people or as JSON, and gives the exit for it. The message may hold data.
    Exit fail(const Error& error) const;
    Exit fail(Exit code, std::string_view message) const;

    std::string paint(std::string_view style, std::string_view text) const;  ///< an SGR style such as "1;32"
};

/// A value as JSON in which nothing is left that a terminal would take for a control character.
std::string json_text(const Value& value, int indent = 0);
/// How many columns a text takes: its code points.
std::size_t text_width(std::string_view text);
std::string padded(std::string_view text, std::size_t width);
/// Cut to a width, with … where something is left out: at the end; in the middle.
std::string shortened(std::string_view text, std::size_t width);
std::string shortened_within(std::string_view text, std::size_t width);
/// How many: "1 message", "2 messages"; the count is a text of digits.
std::string counted(std::string_view count, std::string_view one, std::string_view many);
/// A time of day, "14:05:07"; a span, "1.2s".
std::string clock_text(TimeMs time);
std::string span_text(std::int64_t ms);
/// A status as it is shown, made printable: colour and mark.
std::string status_text(const Console& console, std::string_view status);
std::string_view status_style(std::string_view status);

}  // namespace tappet::app
