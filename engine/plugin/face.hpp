#pragma once
#include <string_view>

#include "plugin/library.hpp"

namespace tappet::plugin {

/// The functions a plugin is given, bound to the core.
Face make_face(Core& core, std::string plugin);

/// Whether the engine has a service by id and revision: "http/1".
bool has_service(std::string_view id);

inline const Face& face_of(const tappet_host* host) { return *static_cast<const Face*>(host); }

}  // namespace tappet::plugin
