#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace tappet::log {
namespace {

std::string escape(std::string_view text, bool json) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            if (c == '\n')
                out += "\\n";
            else if (c == '\t')
                out += "\\t";
            else {
                out += "\\u00";
                out.push_back(digits[byte >> 4]);
                out.push_back(digits[byte & 15]);
            }
        } else if (json && (c == '"' || c == '\\')) {
            out.push_back('\\');
            out.push_back(c);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

struct State {
    std::shared_ptr<spdlog::logger> logger;
    Level level = Level::info;
    Format format = Format::text;
};

std::unique_ptr<spdlog::formatter> formatter(Format format) {
    const char* pattern = format == Format::json
                              ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})"
                              : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v";
    return std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc);
}

State& state() {
    static State s = [] {
        State fresh;
        fresh.logger =
            std::make_shared<spdlog::logger>("tappet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        fresh.logger->set_formatter(formatter(Format::text));
        fresh.logger->set_level(spdlog::level::trace);
        return fresh;
    }();
    return s;
}

spdlog::level::level_enum spd(Level level) {
    switch (level) {
        case Level::trace:
            return spdlog::level::trace;
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
        case Level::off:
            return spdlog::level::off;
    }
    return spdlog::level::off;
}

}  // namespace

void configure(Level level, Format format) {
    state().level = level;
    state().format = format;
    state().logger->set_formatter(formatter(format));
}

bool enabled(Level level) { return level >= state().level && level != Level::off; }

void write(Level level, std::string_view message) {
    if (!enabled(level)) return;
    const std::string line = escape(message, state().format == Format::json);
    state().logger->log(spd(level), spdlog::string_view_t(line.data(), line.size()));
}

void flush() { state().logger->flush(); }

}  // namespace tappet::log
