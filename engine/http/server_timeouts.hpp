#pragma once
#include <chrono>

namespace tappet::http::server {

class Connection;

/// Connections that wait for the same kind of thing, each for the same length of time: joined at the back,
/// they are due in the order they joined, so that joining, leaving and finding the next to expire cost a few
/// instructions and no timer. One thread.
class TimeoutList {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// A connection's place in a list; leaves it when destroyed.
    class Place {
    public:
        explicit Place(Connection* owner) : owner_(owner) {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { leave(); }
        void leave();

    private:
        friend class TimeoutList;
        Connection* owner_;
        Place* before_ = nullptr;
        Place* after_ = nullptr;
        Time due_{};
    };

    explicit TimeoutList(std::chrono::milliseconds length);
    TimeoutList(const TimeoutList&) = delete;
    TimeoutList& operator=(const TimeoutList&) = delete;
    ~TimeoutList();

    /// Puts the place at the back, out of whichever list it was in.
    void join(Place& place, Time now);
    /// Takes out the first that is due and says whose it is; nullptr when none is.
    Connection* take_due(Time now);

private:
    std::chrono::milliseconds length_;
    Place ends_{nullptr};
};

}  // namespace tappet::http::server
