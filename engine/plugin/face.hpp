#pragma once
#include "plugin/library.hpp"

namespace tappet::plugin {

/// The functions a plugin is given, bound to the core.
Face make_face(Core& core, std::string plugin);

inline const Face& face_of(const tappet_host* host) { return *static_cast<const Face*>(host); }

}  // namespace tappet::plugin
