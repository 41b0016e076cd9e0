#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "run/decide.hpp"
#include "run/sealer.hpp"
#include "script.hpp"

namespace tappet::flows {

/// What runs of a case share. Outlives them.
struct World {
    std::shared_ptr<const flow::Plan> plan;
    Script script;
    run::Surroundings around;
    const run::Sealer& sealer;
    std::optional<TimeMs> cancel_at;
};

/// One run in virtual time: `decide` with everything around it played by a script. Time moves to what is due
/// next; of several things at one time, what was asked for first comes first.
class VirtualRun {
public:
    VirtualRun(const World& world, const run::RunStarted& start, TimeMs now);
    /// Takes up what a crash has left: the rows of the journal, nothing else.
    VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now);
    /// The same, where it was a call for this run that took the engine down.
    VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now,
               const run::RunCrashed& crash);

    /// Lets the next thing happen; false when nothing is left to happen.
    bool step();
    const run::RunState& state() const { return *state_; }
    TimeMs now() const { return now_; }
    /// The journal: one row for each decision.
    const std::vector<std::string>& rows() const { return rows_; }
    const std::vector<std::string>& warnings() const { return warnings_; }
    /// Everything that is open, one line each: calls with attempt, key and input, retries and the run's limit
    /// with their times. Two runs of which this is the same go on alike.
    std::set<std::string> open() const;
    std::size_t entries_of_last() const { return entries_of_last_; }
    /// The calls that were asked for, in order: paths of steps.
    const std::vector<std::string>& asked() const { return asked_paths_; }
    /// The most calls that were under way at one time.
    std::size_t most_calls() const { return most_calls_; }

private:
    VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now,
               const run::RunCrashed* crash);
    using Key = std::pair<std::int64_t, std::uint64_t>;  ///< time, order of asking
    struct OpenCall {
        run::CallAction asked;
        std::optional<Key> answer, limit;
    };
    void happen(const run::Event& event);
    void perform(run::CallAction&& call);
    void perform(const run::CancelCall& cancel);
    void perform(const run::ArmTimer& timer);
    Key add(TimeMs at, run::Event event);

    const World& world_;
    std::unique_ptr<run::RunState> state_;
    TimeMs now_;
    SeededRandom random_{1};
    std::vector<std::string> rows_;
    std::vector<std::string> warnings_;
    std::map<Key, run::Event> agenda_;
    std::map<std::uint32_t, OpenCall> calls_;
    std::uint64_t asked_ = 0;
    std::size_t entries_of_last_ = 0;
    std::vector<std::string> asked_paths_;
    std::size_t most_calls_ = 0;
};

/// Reads rows back; throws std::runtime_error when one does not read.
std::vector<run::Entry> entries_of(const RunId& id, const std::vector<std::string>& rows,
                                   const run::Sealer& sealer);

}  // namespace tappet::flows
