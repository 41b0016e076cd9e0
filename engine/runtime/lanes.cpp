#include "runtime/lanes.hpp"

#include <algorithm>

namespace tappet::runtime {

bool Lanes::full(const std::string& lane, std::size_t limit) const {
    const auto found = lanes_.find(lane);
    return found != lanes_.end() && found->second.active.size() + found->second.waiting.size() >= limit;
}

std::size_t Lanes::active(const std::string& lane) const {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? 0 : found->second.active.size();
}

void Lanes::enter(const std::string& lane, const RunId& run) {
    Lane& at = lanes_[lane];
    if (const auto waits = std::ranges::find(at.waiting, run); waits != at.waiting.end()) {
        at.waiting.erase(waits);
        --waiting_;
    }
    at.active.push_back(run);
}

void Lanes::queue(const std::string& lane, const RunId& run) {
    lanes_[lane].waiting.push_back(run);
    ++waiting_;
}

void Lanes::leave(const std::string& lane, const RunId& run) {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return;
    Lane& at = found->second;
    if (std::erase(at.active, run) == 0) {
        // Repeated deliveries leave from the end, where they came.
        const auto waits = std::find(at.waiting.rbegin(), at.waiting.rend(), run);
        if (waits != at.waiting.rend()) {
            at.waiting.erase(std::next(waits).base());
            --waiting_;
        }
    }
    if (at.active.empty() && at.waiting.empty()) lanes_.erase(found);
}

std::optional<RunId> Lanes::next(const std::string& lane) const {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end() || found->second.waiting.empty()) return std::nullopt;
    return found->second.waiting.front();
}

std::vector<RunId> Lanes::beyond(const std::string& lane, std::size_t limit) const {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return {};
    std::vector<RunId> all = found->second.active;
    all.insert(all.end(), found->second.waiting.begin(), found->second.waiting.end());
    std::ranges::sort(all);
    all.resize(all.size() - std::min(all.size(), limit));
    return all;
}

std::vector<std::string> Lanes::names() const {
    std::vector<std::string> out;
    for (const auto& [name, lane] : lanes_) out.push_back(name);
    return out;
}

}  // namespace tappet::runtime
