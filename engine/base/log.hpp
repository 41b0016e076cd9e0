#pragma once
#include <fmt/format.h>

#include <string_view>

namespace tappet::log {

enum class Level { trace, debug, info, warn, error, off };
enum class Format { text, json };

/// Chooses what the process logs, to standard error. Call once at start, before other threads; the default is
/// info, text.
void configure(Level level, Format format);
bool enabled(Level level);
/// Writes one line. Control characters in the message are escaped, so that outside text cannot forge lines.
/// Thread-safe.
void write(Level level, std::string_view message);
/// Empties buffers; before the process ends.
void flush();

template <class... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::debug)) write(Level::debug, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::info)) write(Level::info, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::warn)) write(Level::warn, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::error)) write(Level::error, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace tappet::log
