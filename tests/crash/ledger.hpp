#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tappet::crash {

/// An event of ours, as its sender knows it.
struct Event {
    std::string id;
    std::string flow;
    std::string run;     ///< from the first answer; empty: never acknowledged
    unsigned sends = 0;  ///< deliveries, answered or not
    unsigned started =
        0;  ///< answers that said a run was started by this very delivery; at most one is right
    unsigned under_way = 0;
};

/// What was sent, what was answered, and every promise that was broken. The driver's one memory; one thread.
class Ledger {
public:
    Event& add(std::string flow);
    /// An answer 202 to a delivery of the event.
    void acknowledged(Event& event, std::string_view run, bool replayed);
    void broken(std::string what);

    std::deque<Event>& events() { return events_; }
    const std::deque<Event>& events() const { return events_; }
    /// Null where none of our events is called so.
    const Event* find(const std::string& id) const;
    const std::vector<std::string>& broken() const { return broken_; }
    /// More is broken than is told: going on says nothing new.
    bool hopeless() const { return broken_count_ > 1000; }

    std::size_t acked = 0;     ///< events
    std::size_t answered = 0;  ///< of them, those that their run itself answered
    std::size_t sends = 0, replays = 0, refused = 0, cut_off = 0, kills = 0, early_kills = 0, stops = 0,
                runs = 0, looks = 0;
    std::vector<double> ready_ms;                          ///< of each start
    std::vector<double> stop_ms;                           ///< of each stop in order
    std::vector<std::pair<std::string, double>> times_ms;  ///< others, by name

private:
    std::deque<Event> events_;
    std::unordered_map<std::string, Event*> by_id_;
    std::vector<std::string> broken_;
    std::size_t broken_count_ = 0;
};

}  // namespace tappet::crash
