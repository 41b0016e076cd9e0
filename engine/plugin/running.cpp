#include "plugin/running.hpp"

namespace tappet::plugin {
namespace {
constinit thread_local const Running* current = nullptr;
}

const Running* running_here() noexcept { return current; }

Running::Running(const Whose& whose, const std::string* step) noexcept
    : whose_(whose), step_(step), outer_(current) {
    current = this;
}
Running::~Running() { current = outer_; }

}  // namespace tappet::plugin
