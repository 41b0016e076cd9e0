#include "plugin/call_table.hpp"

namespace tappet::plugin {
namespace {

constexpr std::uint64_t kPlaces = CallTable::kChunk * CallTable::kChunks;

}  // namespace

CallTable::~CallTable() {
    for (auto& chunk : chunks_) delete chunk.load();
}

OpenCall* CallTable::find(std::uint64_t id) const {
    const std::uint64_t place = id % kPlaces;
    Chunk* chunk = chunks_[place / kChunk].load(std::memory_order_acquire);
    return chunk ? &(*chunk)[place % kChunk] : nullptr;
}

OpenCall* CallTable::allocate() {
    for (std::size_t i = 0; i < pinned_.size();) {
        if (pinned_[i]->pins.load() == 0) {
            empty(*pinned_[i]);
            pinned_[i] = pinned_.back();
            pinned_.pop_back();
        } else {
            ++i;
        }
    }
    if (free_.empty()) {
        if (made_ == kPlaces) return nullptr;
        auto& chunk = chunks_[made_ / kChunk];
        if (made_ % kChunk == 0) chunk.store(new Chunk, std::memory_order_release);
        OpenCall* fresh = &(*chunk.load(std::memory_order_relaxed))[made_ % kChunk];
        fresh->id = made_++;
        free_.push_back(fresh);
    }
    OpenCall* call = free_.back();
    free_.pop_back();
    call->id += kPlaces;
    call->cancel.store(false, std::memory_order_relaxed);
    ++used_;
    return call;
}

void CallTable::release(OpenCall* call) {
    call->provider = nullptr;
    --used_;
    // A pin taken from here on sees that `open` is not its number and does not look.
    if (call->pins.load() == 0) return empty(*call);
    pinned_.push_back(call);
}

void CallTable::empty(OpenCall& call) {
    call.input = Value();
    call.context = {};
    free_.push_back(&call);
}

Pin::Pin(const CallTable& calls, std::uint64_t id) : call_(calls.find(id)) {
    if (!call_) return;
    call_->pins.fetch_add(1);
    if (id != 0 && call_->open.load() == id) return;
    call_->pins.fetch_sub(1);
    call_ = nullptr;
}

Pin::~Pin() {
    if (call_) call_->pins.fetch_sub(1);
}

}  // namespace tappet::plugin
