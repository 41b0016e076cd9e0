#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expr/value.hpp"
#include "run/decide.hpp"

namespace tappet::flows {

/// What a call answers, and how long it takes.
struct ScriptedAnswer {
    std::variant<Value, flow::RunError> outcome;
    std::optional<std::chrono::milliseconds> retry_after;
    std::chrono::milliseconds after{0};
    bool never = false;  ///< no answer comes; only a time limit or a cancel ends it
};

/// What every call of a case answers: by step and attempt, so that a call made again after a crash answers
/// the same.
class Script {
public:
    /// `calls` maps a step's path, or its id for all items of a loop, to one answer or a list of them, one
    /// for each attempt; the last is given again. Throws std::runtime_error for what it does not understand.
    explicit Script(const Value& calls);
    /// core/map answers its `value`, core/log null; throws for another call that the script does not name.
    ScriptedAnswer answer(const run::CallAction& call) const;

private:
    std::map<std::string, std::vector<ScriptedAnswer>, std::less<>> answers_;
};

/// "20s" in a case, read; throws std::runtime_error for anything else.
std::chrono::milliseconds duration_of(const Value& text);

}  // namespace tappet::flows
