#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/commands/command.hpp"

namespace tappet::app {

/// What `schedule` and `poll` name: triggers of one kind of a flow.
struct Steered {
    std::string kind;           ///< "schedule": the resource's type, and with an s its address
    std::string flow, trigger;  ///< no trigger: all of the flow
};

/// Declares FLOW [TRIGGER], and the server.
void take_steered(CLI::App& command, Invocation& call, Steered& steered);
/// The ids of those that are meant, at least one; else what the command ends with, which it has said.
std::optional<std::vector<std::string>> ids_of(Invocation& call, const Steered& steered, Exit& exit);
/// The only one that is meant; where there are several a trigger has to be named.
std::optional<std::string> id_of(Invocation& call, const Steered& steered, Exit& exit);
/// The address of one: "/v2/tenants/default/schedules/nightly.tick".
std::string address_of(const Invocation& call, const Steered& steered, const std::string& id);
/// Adds `pause` and `resume`.
void add_pauses(CLI::App& group, Invocation& call, const std::string& kind);
/// A time of the API as people read it: "2027-03-14 07:00:00Z"; "-" where there is none.
std::string time_of(const Value& object, std::string_view name);

}  // namespace tappet::app
