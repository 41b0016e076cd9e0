#include "plugin/running.hpp"

namespace tappet::plugin {
namespace {
constinit thread_local const RunId* current = nullptr;
}

const RunId* running_here() noexcept { return current; }

Running::Running(const RunId& run) noexcept : outer_(current) { current = &run; }
Running::~Running() { current = outer_; }

}  // namespace tappet::plugin
