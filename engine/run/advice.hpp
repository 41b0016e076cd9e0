#pragma once
#include <string>

#include "base/ids.hpp"

namespace tappet::run {

/// How the error of a run that was set aside ends: what to do then. Of use only where the run is kept.
inline std::string rerun_advice(const RunId& run) {
    return "; when the plugin is mended, repeat the run with: tappet runs rerun " + run.text();
}

}  // namespace tappet::run
