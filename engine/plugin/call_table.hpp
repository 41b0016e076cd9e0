#pragma once
#include <tappet/abi.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "plugin/host.hpp"
#include "plugin/provider.hpp"
#include "plugin/running.hpp"

namespace tappet::plugin {

/// One call under way. Owned by the table and used again for later calls; the loop fills and empties it.
/// Other threads may complete it (the exchange on `open` decides who does), or look at it while they hold a
/// pin.
struct OpenCall {
    std::atomic<std::uint64_t> open{0};     ///< its number while it is to be completed, else 0
    std::atomic<std::uint64_t> waiting{0};  ///< its number while no worker has begun it
    std::atomic<bool> cancel{false};
    std::atomic<bool> given{false};  ///< a connection: its secrets are to be kept out of texts
    std::atomic<bool> blobs{false};  ///< it asked for some
    std::atomic<std::uint32_t> pins{0};

    std::uint64_t id = 0;                ///< generation and place
    std::shared_ptr<Provider> provider;  ///< null while the place is free
    bool on_loop = false;                ///< where it was called
    Value input;                         ///< as the context, the same from open to empty
    CallContext context;
    std::atomic<std::uint32_t> lines{0};  ///< that it has logged
    Caller::Done done;                    ///< empty once it has been given an outcome
    tappet_call_info info{};
    CallOutcome outcome;  ///< written by who completes it

    Whose whose() const {  ///< while it is open
        return {context.run, &provider->identity(), context.parents_number};
    }
};

/// Calls by number. Numbers are never used twice, so that a late or double completion finds nothing.
class CallTable {
public:
    static constexpr std::size_t kChunk = 256, kChunks = 4096;  ///< a million calls at once

    /// An empty call with a new number; null when all are taken. Loop thread.
    OpenCall* allocate();
    /// Takes back a call that is not open; it is emptied, to be used again, once nobody holds a pin. Loop
    /// thread.
    void release(OpenCall* call);
    /// The place a number names; it may meanwhile belong to another call. Any thread.
    OpenCall* find(std::uint64_t id) const;
    std::size_t size() const { return used_; }
    /// Calls f with every call that is not released. Loop thread.
    template <class F>
    void for_each(const F& f) {
        for (std::size_t i = 0; i < made_; ++i) {
            OpenCall& call = (*chunks_[i / kChunk].load(std::memory_order_relaxed))[i % kChunk];
            if (call.provider) f(call);
        }
    }
    ~CallTable();

private:
    void empty(OpenCall& call);
    using Chunk = std::array<OpenCall, kChunk>;
    std::array<std::atomic<Chunk*>, kChunks> chunks_{};
    std::vector<OpenCall*> free_;
    std::vector<OpenCall*> pinned_;  ///< released while somebody looked
    std::size_t made_ = 0;
    std::size_t used_ = 0;
};

/// Lets any thread look at a call that is still open: its input and context stay as they are while the pin
/// lives, whether the call ends meanwhile or not.
class Pin {
public:
    Pin(const CallTable& calls, std::uint64_t id);
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    explicit operator bool() const { return call_ != nullptr; }
    OpenCall* operator->() const { return call_; }
    OpenCall& operator*() const { return *call_; }

private:
    OpenCall* call_;
};

}  // namespace tappet::plugin
