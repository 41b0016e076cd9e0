#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "run/state.hpp"
#include "store/outgoing.hpp"

namespace tappet::runtime {

/// What is told about a run that has ended, or begins to wait, one message for each address of its flow that
/// is told of such a thing. Secrets are redacted. `base_url` is what the run's address begins with,
/// `max_bytes` bounds a body: what the run gave back, its labels and its error are left out of a larger one,
/// in this order, and named there.
std::vector<store::OutgoingMessage> messages_of(const run::RunState& run, TimeMs now,
                                                std::string_view base_url, std::size_t max_bytes,
                                                IdSource& ids);

}  // namespace tappet::runtime
