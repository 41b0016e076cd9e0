#include "plugin/fault_stack.hpp"

#include <signal.h>

namespace tappet::plugin {
namespace {
constexpr std::size_t kBytes = 64u << 10;
}

FaultStack::FaultStack() {
    stack_t there{};
    if (sigaltstack(nullptr, &there) != 0 || !(there.ss_flags & SS_DISABLE)) return;
    memory_.reset(new std::byte[kBytes]);
    stack_t ours{};
    ours.ss_sp = memory_.get();
    ours.ss_size = kBytes;
    if (sigaltstack(&ours, nullptr) != 0) memory_.reset();
}

FaultStack::~FaultStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
}

}  // namespace tappet::plugin
