#pragma once
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "expr/value.hpp"
#include "http/message.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// One event of a request.
struct Incoming {
    Value body;
    Value cloud_event;  ///< its attributes, of a CloudEvent; else null
    std::string key;    ///< how its sender names it; empty: not at all
};

/// What a request's body holds, whose encoding is undone: one event, those of a batch of CloudEvents, or,
/// with `split`, one for each element of a list. Of more than `most` events none is taken: 413.
std::variant<std::vector<Incoming>, Problem> read_incoming(const http::Request& request, bool split,
                                                           std::size_t most);

}  // namespace tappet::trigger
