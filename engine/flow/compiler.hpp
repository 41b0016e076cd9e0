#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/compile.hpp"
#include "flow/fields.hpp"
#include "flow/findings.hpp"
#include "flow/reach.hpp"
#include "flow/template_node.hpp"
#include "flow/yaml.hpp"

namespace tappet::flow {

/// What the checks of one file share while it is compiled.
struct Compiler {
    std::string_view source;
    const Catalog& catalog;
    const CompileOptions& options;
    Findings findings;
    std::shared_ptr<Plan> plan = std::make_shared<Plan>();
    Reach reach{*plan};
    std::map<std::string, RetryPolicy, std::less<>> policies;
    std::map<const StepPlan*, const YamlNode*> step_nodes;    ///< where each step stands
    std::vector<const StepPlan*> steps;                       ///< in order of the file
    std::map<std::string, Range, std::less<>> ids;            ///< steps, triggers and loop variables
    std::map<std::string, std::string, std::less<>> secrets;  ///< what was last said of each

    Compiler(std::string_view file, std::string_view text, const Catalog& known, const CompileOptions& limits)
        : source(text), catalog(known), options(limits), findings(file) {}

    /// What is wrong with how runs start, and does not hold up those that have.
    void refuse_start(Range at, std::string_view code, std::string message) {
        options.stored ? findings.warning(at, code, std::move(message))
                       : findings.error(at, code, std::move(message));
    }
};

enum class SecretUse { allowed, denied };

// checks/values.cpp: values with expressions in them
/// A field that is always an expression. Nothing when it does not compile; the findings say why.
std::optional<Expression> compile_expression(Compiler& c, const YamlPair& pair, const expr::Type& wanted);
/// The types of a value's expressions, by JSON pointer, for the check against a schema.
using Dynamic = std::map<std::string, std::pair<expr::Type, Range>>;
/// A value with ${{ }} in it. `dynamic`, when given, hears of each expression.
Template compile_value(Compiler& c, const YamlNode& node, SecretUse secrets, Dynamic* dynamic = nullptr);

// checks/schemas.cpp: JSON Schema in flows, and values against it
std::shared_ptr<const Schema> compile_schema(Compiler& c, const YamlNode& node);
/// Checks a value that may hold expressions; `what` begins messages: "core/http".
void check_value(Compiler& c, const YamlNode& node, const Dynamic& dynamic, const Schema& schema,
                 std::string_view what, Range missing_at);

// checks/retry.cpp
void compile_policies(Compiler& c, const YamlNode& node);
std::optional<RetryPolicy> compile_retry(Compiler& c, const YamlPair& pair);

// checks/config.cpp
void compile_config(Compiler& c, const YamlNode& node);
void compile_labels(Compiler& c, const YamlNode& node);

// checks/triggers.cpp, verify.cpp
/// Settings of a schedule that are written out. `at`: where what is missing is reported.
void check_schedule(Compiler& c, const YamlNode& with, Range at);
void compile_triggers(Compiler& c, const YamlNode* node);
/// `window` is the trigger's dedupe window: a tolerance where nothing else bounds a sender's repeats.
std::optional<VerifyPlan> compile_verify(Compiler& c, const YamlPair& pair, std::chrono::milliseconds window);

// checks/notify.cpp: before triggers and steps, whose names it may not see
void compile_notify(Compiler& c, const YamlNode& node);

// checks/concurrency.cpp
void compile_concurrency(Compiler& c, const YamlPair& pair);
/// What a key that tells events or runs apart may be: one text, number or boolean.
expr::Type key_type();

// checks/ids.cpp
/// Whether the id is fit and new in the flow; notes it.
bool take_id(Compiler& c, const std::string& id, Range at, std::string_view what);

// checks/shape.cpp: which steps there are; checks/steps.cpp: what each says
/// Builds the tree of blocks, scopes and steps, with ids.
void shape_steps(Compiler& c, const YamlNode* steps, const YamlNode* on_error);
/// Compiles every expression in the order of the file, as names come into reach.
void compile_steps(Compiler& c);

}  // namespace tappet::flow
