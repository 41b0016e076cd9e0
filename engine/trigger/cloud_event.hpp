#pragma once
#include <string>
#include <variant>
#include <vector>

#include "expr/value.hpp"
#include "http/message.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// An event of CloudEvents 1.0.
struct CloudEvent {
    Value attributes;  ///< a map: id, source, type, specversion, what else was given, extensions
    Value data;        ///< null where there is none
    std::string key;   ///< names it: source and id
};

/// How a request holds events (CloudEvents HTTP protocol binding 1.0.2): not at all; attributes in headers
/// and data in the body; one event, or a list of them, as JSON.
enum class CloudMode { none, binary, structured, batch };
CloudMode cloud_mode(const http::Headers& headers);

/// Reads the events of a request that holds some; 400 for one that breaks the specification.
std::variant<std::vector<CloudEvent>, Problem> read_cloud_events(CloudMode mode,
                                                                 const http::Request& request);

/// "ce", source and id, so that no two pairs give the same text.
std::string cloud_key(std::string_view source, std::string_view id);

}  // namespace tappet::trigger
