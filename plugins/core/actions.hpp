#pragma once
#include <tappet/plugin.hpp>

namespace core {

using tappet::sdk::Context;
using tappet::sdk::Json;
using tappet::sdk::Task;
using tappet::sdk::View;

enum class Level {
    trace = TAPPET_TRACE,
    debug = TAPPET_DEBUG,
    info = TAPPET_INFO,
    warn = TAPPET_WARN,
    error = TAPPET_ERROR
};
inline void names(tappet::sdk::Names<Level>& n) {
    n("trace", Level::trace)("debug", Level::debug)("info", Level::info)("warn", Level::warn)("error",
                                                                                              Level::error);
}

/// What core/log takes, and yields.
struct Line {
    Level level = Level::info;
    View message;
    static void fields(tappet::sdk::Fields<Line>& f) {
        f("level", &Line::level).fallback(Level::info);
        f("message", &Line::message).description("A string, or a value that is written as JSON");
    }
};

Task<Json> http(Context context, View input);
Line log(const Context& context, const Line& line);
Json map(const Context& context, View input);

}  // namespace core
