#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "expr/value.hpp"
#include "flow/error_class.hpp"

namespace tappet::plugin {

/// What an action is told about the call.
struct CallContext {
    RunId run;
    std::string tenant;
    std::string flow;
    std::string step;        ///< path: "enableAll[3].token"
    std::string connection;  ///< the name of the account that the step acts for; empty: it names none
    std::uint32_t attempt = 1;
    std::string idempotency_key;  ///< the same for every attempt of (run, step, iteration)
    std::optional<TimeMs> deadline;
    std::uint64_t parents_number = 0;  ///< in a plugin's own process: what the engine calls it by
};

/// Which call, for people.
inline std::string place_of(const CallContext& call) {
    if (!call.run.is_nil()) return "run " + call.run.text() + " step " + call.step + " of flow " + call.flow;
    if (!call.step.empty()) return "trigger " + call.step + " of flow " + call.flow;
    return "a request to its address";
}

struct CallError {
    flow::RunError error;  ///< step is left empty
    std::optional<std::chrono::milliseconds> retry_after;
};
using CallOutcome = std::variant<Value, CallError>;

inline CallError call_error(flow::ErrorClass error_class, std::string code, std::string message) {
    CallError out;
    out.error.error_class = error_class;
    out.error.code = std::move(code);
    out.error.message = std::move(message);
    return out;
}

}  // namespace tappet::plugin
