#pragma once
#include <string>

#include "scene.hpp"

namespace tappet::crash {

/// One line that grows, on a terminal only.
void tell_progress(const char* what, std::size_t done, std::size_t all, const Scene& scene);
/// The table of a trial and what was broken. Returns whether nothing was.
bool tell(const std::string& title, const Scene& scene);

}  // namespace tappet::crash
