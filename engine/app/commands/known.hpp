#pragma once
#include <string>

#include "app/commands/command.hpp"

namespace tappet::app {

/// For lists in which nothing was found: whether the tenant, the flow and the trigger that were asked for
/// (empty: none was) are served at all. Says which are and gives not_found where they are not. Of what is
/// served no more a list still has what is kept, so this comes after it.
Exit known(Invocation& call, const std::string& flow = {}, const std::string& trigger = {});

}  // namespace tappet::app
