#pragma once
#include <deque>

#include "scene.hpp"

namespace tappet::crash {

/// Delivers events over a number of connections: new ones, those without an answer again until they have one,
/// and now and then one that was acknowledged, or is under way, once more.
class Sender {
public:
    explicit Sender(Scene& scene) : scene_(scene) {}

    void begin(std::size_t connections);
    /// New events of this flow are wanted; they are delivered in order before others.
    void want(const std::string& flow, std::size_t count);
    /// Keeps making new events while fewer than this many are not through.
    void keep_open(std::size_t most) { most_open_ = most; }
    /// No new events from here on.
    void finish() { most_open_ = 0; }
    /// Every event that was ever sent has been acknowledged, and nothing is under way.
    bool all_acknowledged() const;

private:
    Task<> work();
    Event* choose();
    Event* again();
    void take(Event& event, const std::optional<Message>& answer);

    Scene& scene_;
    std::size_t most_open_ = 0;
    std::size_t under_way_ = 0;
    std::deque<Event*> waiting_;  ///< not acknowledged, to be delivered
};

}  // namespace tappet::crash
