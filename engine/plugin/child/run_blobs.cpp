#include "plugin/child/run_blobs.hpp"

#include "plugin/services/blob.hpp"

namespace tappet::plugin::child {

void RunBlobs::enter(const RunId& run) {
    Known& known = runs_[run];
    ++known.under_way;
    ++known.given;
}

void RunBlobs::leave(const RunId& run) {
    const auto found = runs_.find(run);
    if (found != runs_.end() && --found->second.under_way == 0) runs_.erase(found);
}

std::string RunBlobs::refusal(const RunId& run, const std::string& id) {
    const auto found = runs_.find(run);
    if (found == runs_.end()) return "the plugin has no call of this run under way";
    Known& known = found->second;
    if (!id.empty()) {
        if (known.begun.contains(id)) return {};
        return "the calls of this run that are under way did not begin the blob \"" + id + "\"";
    }
    const std::size_t most = known.given * BlobService::kMaxBegun;
    if (known.begun.size() + known.beginning >= most)
        return "the calls of this run began " + std::to_string(most) + " blobs, which is the most";
    ++known.beginning;
    return {};
}

void RunBlobs::began(const RunId& run, const std::string& id) {
    const auto found = runs_.find(run);
    if (found == runs_.end()) return;
    Known& known = found->second;
    if (known.beginning > 0) --known.beginning;  // 0: of calls that are over
    if (!id.empty()) known.begun.insert(id);
}

}  // namespace tappet::plugin::child
