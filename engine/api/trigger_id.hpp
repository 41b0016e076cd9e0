#pragma once
#include <string>

#include "trigger/pauses.hpp"

namespace tappet::api {

/// The id of a schedule or a poll: "flow.trigger". Names of flows have no dot.
inline std::string trigger_id(const std::string& flow, const std::string& trigger) {
    return flow + "." + trigger;
}
/// The same read; an id without a dot names no trigger.
inline trigger::TriggerKey read_trigger_id(const std::string& tenant, const std::string& id) {
    const std::size_t dot = id.find('.');
    if (dot == std::string::npos) return {tenant, id, ""};
    return {tenant, id.substr(0, dot), id.substr(dot + 1)};
}

}  // namespace tappet::api
