#include "http/server_timeouts.hpp"

namespace tappet::http::server {

void TimeoutList::Place::leave() {
    if (before_ == nullptr) return;
    before_->after_ = after_;
    after_->before_ = before_;
    before_ = after_ = nullptr;
}

TimeoutList::TimeoutList(std::chrono::milliseconds length) : length_(length) {
    ends_.before_ = ends_.after_ = &ends_;
}

TimeoutList::~TimeoutList() {
    while (ends_.after_ != &ends_) ends_.after_->leave();
}

void TimeoutList::join(Place& place, Time now) {
    place.leave();
    place.due_ = now + length_;
    place.before_ = ends_.before_;
    place.after_ = &ends_;
    ends_.before_->after_ = &place;
    ends_.before_ = &place;
}

Connection* TimeoutList::take_due(Time now) {
    Place* first = ends_.after_;
    if (first == &ends_ || first->due_ > now) return nullptr;
    first->leave();
    return first->owner_;
}

}  // namespace tappet::http::server
