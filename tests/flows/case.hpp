#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "virtual_run.hpp"

namespace tappet::flows {

/// One case of a file: a flow, an event, what its calls answer, and what must come of it. README.md has the
/// fields.
struct Case {
    std::string name;
    std::unique_ptr<World> world;
    run::RunStarted start;
    TimeMs begin;
    bool same_end = true;  ///< after a crash at any boundary it ends the same
    Value expect;
};

/// Reads the cases of a file; throws std::runtime_error when it does not read, or a flow in it does not
/// compile.
std::vector<Case> read_cases(const std::string& file, const std::string& source, const flow::Catalog& catalog,
                             const run::Sealer& sealer);

/// Runs a case, crashing it at every boundary, and says what is not as expected; empty when all is.
std::vector<std::string> play(const Case& c);

/// What a run has come to is not what `expect` says: one line each.
std::vector<std::string> differences(const Value& expect, const VirtualRun& run, const Case& c);

}  // namespace tappet::flows
