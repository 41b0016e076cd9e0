#pragma once
#include <functional>

#include "api/context.hpp"
#include "run/history.hpp"

namespace tappet::api {

/// Reads a run with all of its steps from the store; not_found also for another tenant's. `done` is called on
/// the loop's thread.
void read_story(const Context& context, const RunId& id, const std::string& tenant,
                std::function<void(Result<run::History>)> done);

}  // namespace tappet::api
