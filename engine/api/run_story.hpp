#pragma once
#include <functional>
#include <memory>

#include "api/context.hpp"
#include "run/history.hpp"

namespace tappet::api {

using StoryPtr = std::shared_ptr<const run::History>;

/// Reads a run with all of its steps from the store, away from the loop; not_found also for another tenant's.
/// `done` is called on the loop's thread.
void read_story(const Context& context, const RunId& id, const std::string& tenant,
                std::function<void(Result<StoryPtr>)> done);

}  // namespace tappet::api
