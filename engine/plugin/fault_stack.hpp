#pragma once
#include <cstddef>
#include <memory>

namespace tappet::plugin {

/// A stack for handlers of signals on the thread that makes it: with it a plugin that overflows its own stack
/// is told apart. A thread that has one already keeps that.
class FaultStack {
public:
    FaultStack();
    ~FaultStack();
    FaultStack(const FaultStack&) = delete;
    FaultStack& operator=(const FaultStack&) = delete;

private:
    std::unique_ptr<std::byte[]> memory_;  ///< null: the thread had one
};

}  // namespace tappet::plugin
