#include <utility>

#include "flow/checks/step_keys.hpp"
#include "flow/compiler.hpp"
#include "flow/names.hpp"

namespace tappet::flow {
namespace {

constexpr std::string_view kItem = "item";  ///< the loop variable where no `as` names one

class Shaper {
public:
    explicit Shaper(Compiler& c) : c_(c) {}

    ScopePlan* scope(ScopePlan* parent, StepPlan* owner) {
        auto made = std::make_unique<ScopePlan>();
        made->parent = parent;
        made->owner = owner;
        made->depth = parent ? parent->depth + 1 : 0;
        c_.plan->scope_storage.push_back(std::move(made));
        return c_.plan->scope_storage.back().get();
    }

    BlockPlan* block(const YamlNode& list, ScopePlan* scope, StepPlan* owner, BlockPlan::Role role) {
        auto made = std::make_unique<BlockPlan>();
        BlockPlan* out = made.get();
        c_.plan->block_storage.push_back(std::move(made));
        out->scope = scope;
        out->owner = owner;
        out->role = role;
        for (const YamlNode& item : list.items) step(item, *out);
        return out;
    }

private:
    void step(const YamlNode& node, BlockPlan& block) {
        const StepKeys keys = read_step_keys(c_.findings, node);
        if (!keys.fields.valid()) return;
        if (c_.steps.size() >= c_.options.max_steps && !std::exchange(full_, true))
            c_.findings.error(node.range, "too-many-steps",
                              "a flow has at most " + std::to_string(c_.options.max_steps) + " steps");
        if (c_.steps.size() >= c_.options.max_steps) return;
        auto made = std::make_unique<StepPlan>();
        StepPlan& step = *made;
        c_.plan->step_storage.push_back(std::move(made));
        step.position = node.range.begin;
        step.block = &block;
        step.place = static_cast<std::uint32_t>(block.steps.size());
        step.index = static_cast<std::uint32_t>(block.scope->steps.size());
        block.steps.push_back(&step);
        block.scope->steps.push_back(&step);
        c_.steps.push_back(&step);
        if (keys.kind) c_.step_nodes[&step] = &node;
        if (keys.kind) step.kind = *keys.kind;
        name_step(keys.fields, step);
        if (keys.kind == StepKind::for_each) loop(keys.fields, step);
        handler(keys.fields, step);
    }

    void name_step(const Fields& fields, StepPlan& step) {
        const auto name = fields.text("name");
        const YamlPair* id = fields.get("id");
        if (id) {
            const auto text = plain_text(c_.findings, *id);
            if (text && take_id(c_, *text, id->value.range, "a step")) step.id = *text;
        } else if (name) {
            named(*fields.get("name"), step);
        } else if (step.block->role == BlockPlan::Role::body && !fields.get("name")) {
            c_.findings.error(fields.first_key(), "missing-key", "a step needs an `id` or a `name`");
        }
        step.segment = step.id;
        if (step.segment.empty()) {
            // Handlers of different steps share a scope: the path tells them apart.
            const std::string owner = step.block->owner ? step.block->owner->segment + "." : "";
            step.segment = owner + (step.block->role == BlockPlan::Role::body ? "steps" : "onError") + "[" +
                           std::to_string(step.place) + "]";
        }
        step.name = name.value_or(step.id.empty() ? step.segment : step.id);
    }

    /// The id that a name gives.
    void named(const YamlPair& pair, StepPlan& step) {
        const std::string id = camel_case(pair.value.text);
        if (!is_identifier(id)) {
            c_.findings.error(pair.value.range, "unfit-id",
                              "this name gives no identifier: the step needs an `id` as well");
            return;
        }
        if (const std::string why = unfit_id(id); !why.empty()) {
            c_.findings.error(
                pair.value.range, "unfit-id",
                "this name gives the id `" + id + "`, which " + why + ": give the step an `id`");
            return;
        }
        if (take_id(c_, id, pair.value.range, "a step")) step.id = id;
    }

    void loop(const Fields& fields, StepPlan& step) {
        step.for_each.emplace(
            ForEachStep{{expr::Program(nullptr), {}}, {}});  // its expression comes in steps.cpp
        ForEachStep& loop = *step.for_each;
        loop.as = kItem;
        if (const YamlPair* as = fields.get("as")) {
            const auto text = plain_text(c_.findings, *as);
            if (text && *text != kItem && take_id(c_, *text, as->value.range, "a loop variable"))
                loop.as = *text;
        }
        loop.body = scope(step.block->scope, &step);
        static const YamlNode kNone{.kind = YamlKind::sequence};
        const YamlPair* body = fields.need("do");
        const bool fits = body && body->value.is(YamlKind::sequence) && !body->value.items.empty();
        if (body && !fits)
            c_.findings.error(body->value.range, "wrong-type", "`do` must be a list of at least one step");
        loop.body->body = block(fits ? body->value : kNone, loop.body, &step, BlockPlan::Role::body);
    }

    void handler(const Fields& fields, StepPlan& step) {
        const YamlPair* pair = fields.get("onError");
        if (!pair) return;
        if (pair->value.is(YamlKind::sequence) && !pair->value.items.empty()) {
            step.on_error = OnError::handle;
            step.handler = block(pair->value, step.block->scope, &step, BlockPlan::Role::step_handler);
        } else if (pair->value.is(YamlKind::string) && pair->value.text == "continue") {
            step.on_error = OnError::go_on;
        } else if (!pair->value.is(YamlKind::string) || pair->value.text != "fail") {
            c_.findings.error(pair->value.range, "wrong-value",
                              "`onError` must be `fail`, `continue` or a list of steps");
        }
    }

    Compiler& c_;
    bool full_ = false;  ///< said that there are too many steps
};

bool is_list(Compiler& c, const YamlNode* node, std::string_view key) {
    if (!node) return false;
    if (node->is(YamlKind::sequence) && !node->items.empty()) return true;
    c.findings.error(node->range, "wrong-type",
                     "`" + std::string(key) + "` must be a list of at least one step");
    return false;
}

}  // namespace

void shape_steps(Compiler& c, const YamlNode* steps, const YamlNode* on_error) {
    Shaper shaper(c);
    static const YamlNode kNone{.kind = YamlKind::sequence};
    c.plan->root = shaper.scope(nullptr, nullptr);
    c.plan->root->body = shaper.block(is_list(c, steps, "steps") ? *steps : kNone, c.plan->root, nullptr,
                                      BlockPlan::Role::body);
    if (is_list(c, on_error, "onError"))
        c.plan->on_error = shaper.block(*on_error, c.plan->root, nullptr, BlockPlan::Role::flow_handler);
}

}  // namespace tappet::flow
