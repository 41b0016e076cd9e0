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
    Member member{run, 0};
    if (const auto waits = std::ranges::find(at.waiting, run, &Member::run); waits != at.waiting.end()) {
        member = *waits;
        at.waiting.erase(waits);
        --waiting_;
    } else {
        member.came = ++came_;
    }
    at.active.push_back(member);
}

void Lanes::queue(const std::string& lane, const RunId& run) {
    lanes_[lane].waiting.push_back({run, ++came_});
    ++waiting_;
}

void Lanes::leave(const std::string& lane, const RunId& run) {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return;
    Lane& at = found->second;
    const auto is_it = [&](const Member& member) { return member.run == run; };
    if (std::erase_if(at.active, is_it) == 0) {
        // Repeated deliveries leave from the end, where they came.
        const auto waits = std::find_if(at.waiting.rbegin(), at.waiting.rend(), is_it);
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
    return found->second.waiting.front().run;
}

std::vector<Lanes::Member> Lanes::in_order(const Lane& lane) {
    std::vector<Member> all = lane.active;
    all.insert(all.end(), lane.waiting.begin(), lane.waiting.end());
    std::ranges::sort(all, {}, &Member::came);
    return all;
}

std::vector<RunId> Lanes::beyond(const std::string& lane, std::size_t limit, const RunId& newest) const {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return {};
    const std::vector<Member> all = in_order(found->second);
    const auto last = std::ranges::find(all, newest, &Member::run);
    if (last == all.end()) return {};
    const auto count = static_cast<std::size_t>(last - all.begin()) + 1;
    std::vector<RunId> out;
    for (std::size_t i = 0; i + limit < count; ++i) out.push_back(all[i].run);
    return out;
}

std::optional<RunId> Lanes::last(const std::string& lane) const {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return std::nullopt;
    const std::vector<Member> all = in_order(found->second);
    return all.empty() ? std::nullopt : std::optional(all.back().run);
}

std::vector<std::string> Lanes::names() const {
    std::vector<std::string> out;
    for (const auto& [name, lane] : lanes_) out.push_back(name);
    return out;
}

}  // namespace tappet::runtime
