#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flowtest/stage.hpp"
#include "flowtest/step_names.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// A call that a run asked for, whether it was made or not.
struct RecordedCall {
    std::string action;
    std::string path;  ///< of its step
    std::string id;    ///< of its step; empty where it has none
    Value input;       ///< as JSON would hold it
    std::uint32_t attempt = 1;
};

/// Stands between the runs of one case and the actions: answers what is mocked, makes the calls of pure
/// actions, and lets no other reach the world. On the loop's thread.
class Calls final : public plugin::Caller {
public:
    Calls(const Stage& stage, const StepNames& names, const std::vector<Mock>& mocks);
    ~Calls() override;

    Ticket call(const flow::ActionSpec& action, Value input, plugin::CallContext context, Done done) override;
    void cancel(Ticket ticket) override;

    /// When the next mocked answer comes.
    std::optional<TimeMs> next_due() const;
    /// Gives the first answer that is due; false when none is.
    bool answer_one();
    /// Calls of pure actions that are under way, in real time.
    std::size_t real() const { return real_.size(); }
    void cancel_real();

    const std::vector<RecordedCall>& recorded() const { return recorded_; }
    /// What an author should know: calls that nothing was said of, mocks that ran out or were never asked.
    std::vector<std::string> notes() const;

private:
    using Due = std::pair<std::int64_t, Ticket>;  ///< time, order of asking
    struct Pending {
        Done done;
        plugin::CallOutcome outcome;
    };
    struct Asked {
        const Mock* mock = nullptr;
        std::size_t calls = 0;
    };
    Asked* mock_of(const RecordedCall& call);
    Ticket answer_later(const MockAnswer& answer, Done done);
    Ticket make(const flow::ActionSpec& action, Value input, plugin::CallContext context, Done done);
    MockAnswer stand_in(const flow::ActionSpec& action);
    void finish(Done done, plugin::CallOutcome outcome);

    const Stage& stage_;
    const StepNames& names_;
    std::vector<Asked> mocks_;
    std::vector<RecordedCall> recorded_;
    std::map<Due, Pending> due_;
    std::map<Ticket, Done> never_;
    std::map<Ticket, Ticket> real_;                ///< the caller's own ticket
    std::map<std::string, std::string> stood_in_;  ///< by step, what it was given
    Ticket last_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::flowtest
