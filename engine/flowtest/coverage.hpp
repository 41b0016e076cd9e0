#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flow/plan.hpp"
#include "flowtest/play.hpp"
#include "flowtest/step_names.hpp"

namespace tappet::flowtest {

/// Which steps and branches of one flow its cases went through. A branch is each outcome of an `if` and of a
/// trigger's filter, a step's `onError` and that of the flow.
class Coverage {
public:
    struct Point {
        std::string name;  ///< "each[*].a", "startTrial if false"
        flow::Position at;
        bool hit = false;
    };
    explicit Coverage(std::shared_ptr<const flow::Plan> plan);

    void add(const Played& played);

    const std::shared_ptr<const flow::Plan>& plan() const { return plan_; }
    const StepNames& names() const { return names_; }
    /// In order of the file.
    const std::vector<Point>& steps() const { return steps_; }
    const std::vector<Point>& branches() const { return branches_; }
    /// Of both together; 100 where there are none.
    double percent() const;

private:
    struct OfStep {
        std::size_t step = 0;
        std::size_t if_true = kNone, if_false = kNone, on_error = kNone;
    };
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::size_t branch(std::string name, flow::Position at);
    void take(const run::RunState& run, const run::Entry& entry);
    void began(const flow::StepPlan* step);
    void hit(std::size_t branch);

    std::shared_ptr<const flow::Plan> plan_;
    StepNames names_;
    std::vector<Point> steps_, branches_;
    std::map<const flow::StepPlan*, OfStep> of_;
    std::map<std::pair<std::string, bool>, std::size_t> filters_;
    std::size_t flow_handler_ = kNone;
};

std::size_t hits(const std::vector<Coverage::Point>& points);

}  // namespace tappet::flowtest
