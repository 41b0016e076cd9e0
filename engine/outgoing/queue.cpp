#include "outgoing/queue.hpp"

#include <algorithm>
#include <utility>

namespace tappet::outgoing {

using store::OutgoingHead;

void Queue::add(const OutgoingHead& head) {
    const auto is_it = [&](const OutgoingHead& known) { return known.id == head.id; };
    if (under_way_.contains(head.id) || std::any_of(heads_.begin(), heads_.end(), is_it)) return;
    if (reading_) return missed_.push_back(head);
    if (more_ && (heads_.empty() || ByDue()(*heads_.rbegin(), head))) return;
    heads_.insert(head);
    trim();
}

void Queue::trim() {
    while (heads_.size() > most_) {
        heads_.erase(std::prev(heads_.end()));
        more_ = true;
    }
}

std::optional<TimeMs> Queue::next_due() const {
    return heads_.empty() ? std::nullopt : std::optional(heads_.begin()->due);
}

std::optional<OutgoingHead> Queue::take(TimeMs now) {
    if (heads_.empty() || heads_.begin()->due > now) return std::nullopt;
    const OutgoingHead head = *heads_.begin();
    heads_.erase(heads_.begin());
    under_way_.insert(head.id);
    return head;
}

void Queue::bring_forward(TimeMs latest) {
    std::vector<OutgoingHead> late;
    while (!heads_.empty() && std::prev(heads_.end())->due > latest)
        late.push_back(heads_.extract(std::prev(heads_.end())).value());
    for (OutgoingHead& head : late) {
        head.due = latest;
        heads_.insert(head);
    }
}

bool Queue::claim(const Uuid& id) {
    if (!under_way_.insert(id).second) return false;
    std::erase_if(heads_, [&](const OutgoingHead& head) { return head.id == id; });
    return true;
}

void Queue::end(const Uuid& id) {
    under_way_.erase(id);
    if (reading_) settled_.insert(id);
}

void Queue::again(const OutgoingHead& head) {
    end(head.id);
    add(head);
}

void Queue::page_asked() {
    reading_ = true;
    missed_.clear();
    settled_.clear();
}

void Queue::page_read(const std::vector<OutgoingHead>& page, bool whole) {
    reading_ = false;
    more_ = !whole;
    for (const OutgoingHead& head : page)
        if (!under_way_.contains(head.id) && !settled_.contains(head.id)) heads_.insert(head);
    settled_.clear();
    trim();
    for (const OutgoingHead& head : std::exchange(missed_, {})) add(head);
}

}  // namespace tappet::outgoing
