#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "flow/plan.hpp"

namespace tappet::flowtest {

/// How a test names the steps of a flow: by id, or by the path of one of a loop's items, `each[1].a`. A view
/// of the plan.
class StepNames {
public:
    struct Named {
        const flow::StepPlan* step = nullptr;
        std::string pattern;  ///< its path, with [*] where the number of an item stands
    };
    explicit StepNames(const flow::Plan& plan);

    /// In the order of the file.
    const std::vector<Named>& all() const { return all_; }
    /// The step of an id or a path; null when there is none.
    const flow::StepPlan* find(std::string_view name) const;
    /// The step of a path.
    const Named* at(std::string_view path) const;
    /// What a test may call the steps: ids, and the patterns of those without.
    std::vector<std::string_view> known() const;

private:
    std::vector<Named> all_;
};

}  // namespace tappet::flowtest
