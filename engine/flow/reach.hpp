#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/program.hpp"
#include "flow/plan.hpp"

namespace tappet::flow {

/// The names that expressions may use at the place where the compiler is, and the slots that they become. It
/// walks through the flow once: names come into reach, and go out of it. Slots are never taken back.
class Reach {
public:
    explicit Reach(Plan& plan) : plan_(plan) {}

    const expr::Env& env() const { return env_; }

    void set_trigger(expr::Type type);                                ///< `trigger`, as seen from here on
    void add_trigger(const std::string& id, const expr::Type& type);  ///< stepResults.<id>.results
    void set_config(expr::Type type);
    void set_run_names();  ///< run, flow
    /// Every id that the flow has: what stepResults may be asked for. All but triggers are out of reach yet.
    void set_ids(const std::vector<const StepPlan*>& steps, const std::vector<std::string>& triggers);
    void add_step(const StepPlan& step, const expr::Type& results);  ///< it may be read from here on
    void deny_step(const StepPlan& step, const std::string& why);
    void add_item(const std::string& name, std::uint32_t depth, expr::Type type);
    void deny_name(const std::string& name, const std::string& why);
    /// Out of reach until show_run(): what is there only once an event has come.
    void hide_run(const std::string& why);
    void show_run();
    /// Whose `onError` the next expressions stand in: the flow may have failed at no step, a step has not.
    enum class Handling { nothing, step, flow };
    void set_error(Handling handling);
    /// One secret, as the next expression may or may not use it.
    void set_secret(const std::string& name, std::string denied, std::string warning);

private:
    void declare(expr::Env::Variable variable, Slot slot);
    expr::Env env_;
    std::vector<std::pair<expr::Env::Variable, Slot>> hidden_;
    Plan& plan_;
};

/// A type of several triggers' values: fields that only some have carry a warning that names these.
expr::Type union_of(const std::vector<std::pair<std::string, expr::Type>>& named);
/// The same object type under another title for messages; other types as they are.
expr::Type titled(const expr::Type& type, std::string_view title);

}  // namespace tappet::flow
