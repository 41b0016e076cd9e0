#pragma once
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/random.hpp"
#include "ledger.hpp"
#include "wire.hpp"

namespace tappet::crash {

/// One effect: a place of a flow, in one run. Its calls come to /EVENT/RUN/PLACE.
struct Effect {
    std::string path, event, run, place, key;
    unsigned calls = 0, successes = 0;  ///< successes: answers of 200 that were sent
    unsigned success_life = 0;          ///< of the engine, in which the last of them was
    bool complete = false;              ///< a step recorded as complete, seen from outside
    unsigned refused_life = 0;
    SteadyTime not_before{};  ///< what the last 503 asked for
};

/// What the service does with a call.
struct Answer {
    enum class Kind { success, unavailable, hold } kind = Kind::success;
    int retry_after_s = 0;
    Milliseconds delay{0};
};

/// Counts effects, and knows which calls must not come: of a step that is complete, under two keys, in the
/// wrong order.
class Effects {
public:
    Effects(Ledger& ledger, Random& random) : ledger_(ledger), random_(random) {}

    /// A call has come, from the engine's `life` (its starts are counted).
    Answer arrived(std::string_view path, std::string_view key, unsigned life, SteadyTime now);
    /// 200 was sent for it.
    void succeeded(std::string_view path, unsigned life);
    /// The engine's life ended in order: what was answered in it is recorded, and none of it is called again.
    void ended_cleanly(unsigned life) { clean_lives_.insert(life); }
    /// The step is recorded as complete: its effect must not be called any more.
    void complete(const std::string& event, const std::string& run, const std::string& place);

    const Effect* find(const std::string& event, const std::string& run, const std::string& place) const;
    /// Runs whose last effect is through.
    std::size_t runs_through() const { return through_; }

    /// What to do with calls at the place "open"; by default they are let through.
    std::function<Answer(const Effect&)> gate;
    std::size_t calls = 0, repeated = 0, unavailable = 0;
    std::size_t size() const { return effects_.size(); }
    const std::unordered_map<std::string, Effect>& all() const { return effects_; }

private:
    Effect& at(std::string_view path);
    void check(Effect& effect, std::string_view key, unsigned life, SteadyTime now);
    Answer answer(Effect& effect, unsigned life, SteadyTime now);

    Ledger& ledger_;
    Random& random_;
    std::unordered_map<std::string, Effect> effects_;         ///< by path
    std::unordered_map<std::string, std::string> key_paths_;  ///< key → path
    std::unordered_map<std::string, int> stages_;             ///< by run: how far its effects have come
    std::set<unsigned> clean_lives_;
    std::size_t through_ = 0;
};

}  // namespace tappet::crash
