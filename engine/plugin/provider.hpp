#pragma once
#include <tappet/abi.h>

#include <cstdint>

#include "plugin/crash_book.hpp"

namespace tappet::plugin {

/// Where a plugin's code is reached: a Library in this process, or a child process of its own. Completions
/// come through Core. Outlives its calls, each of which holds it.
class Provider {
public:
    virtual ~Provider() = default;
    /// Does what the call asks for. On the loop where it returns at once, else on a worker.
    virtual void call(const tappet_call_info& info) = 0;
    /// Asks a call to complete soon. Loop thread.
    virtual void cancel(std::uint64_t call) = 0;
    /// Ends the plugin; no call may be under way. Loop thread.
    virtual void end() = 0;
    /// Whether call() never blocks, whatever the action declares. Any thread.
    virtual bool returns_at_once() const = 0;

    /// Which plugin this is, for as long as the process lives. Any thread once it was said.
    const PluginIdentity& identity() const { return *identity_; }
    void set_identity(PluginIdentity identity) { identity_ = &lasting(std::move(identity)); }

private:
    const PluginIdentity* identity_ = &lasting({});
};

}  // namespace tappet::plugin
