#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "store/outgoing.hpp"

namespace tappet::outgoing {

/// The pending messages of one address, as far as they are in memory: those that are due first, up to a
/// bound. The others are on disk alone, and are read in a page when none is left. One thread; pure.
class Queue {
public:
    explicit Queue(std::size_t most) : most_(most) {}

    /// A message is pending on disk: it is new, or due anew.
    void add(const store::OutgoingHead& head);
    /// When the next one is due; nothing where none is in memory.
    std::optional<TimeMs> next_due() const;
    /// The next one, which is under way from here on; nothing where none is due.
    std::optional<store::OutgoingHead> take(TimeMs now);
    /// One that waits, or is on disk alone, is under way from here on; false where it is already.
    bool claim(const Uuid& id);
    /// One that was under way is done with, and written so.
    void end(const Uuid& id);
    /// One that was under way waits again, and is written so.
    void again(const store::OutgoingHead& head);

    /// Those that are due later are due then.
    void bring_forward(TimeMs latest);

    /// Whether there is more on disk and nothing left here: then a page of page_size() is to be read.
    bool wants_page() const { return more_ && !reading_ && heads_.empty(); }
    std::size_t page_size() const { return most_ + under_way_.size(); }
    void page_asked();
    /// `whole`: there were no more than these.
    void page_read(const std::vector<store::OutgoingHead>& page, bool whole);
    /// The page could not be read: it is wanted still.
    void page_failed() {
        reading_ = false;
        missed_.clear();
    }
    /// There may be more on disk than is known.
    void look_again() { more_ = true; }

    std::size_t waiting() const { return heads_.size(); }
    std::size_t under_way() const { return under_way_.size(); }

private:
    struct ByDue {
        bool operator()(const store::OutgoingHead& a, const store::OutgoingHead& b) const {
            return std::tie(a.due, a.id) < std::tie(b.due, b.id);
        }
    };
    void trim();

    std::size_t most_;
    std::set<store::OutgoingHead, ByDue> heads_;
    std::set<Uuid> under_way_;
    bool more_ = false;     ///< further ones are on disk, none of them due before the last in heads_
    bool reading_ = false;  ///< a page is being read
    std::vector<store::OutgoingHead> missed_;  ///< what came while it was read: it may not be in it
    std::set<Uuid> settled_;                   ///< written while it was read: what it says of these is old
};

}  // namespace tappet::outgoing
