#include <array>

#include "base/closest.hpp"
#include "flow/compiler.hpp"

namespace tappet::flow {
namespace {

using expr::Type;
using K = Type::Kind;

constexpr std::array<std::string_view, 3> kItemErrors{"stop", "continue", "collect"};
constexpr std::array<std::string_view, 4> kRespondKeys{"status", "headers", "body", "contentType"};
constexpr std::array<std::string_view, 2> kStopKeys{"status", "message"};
constexpr std::array<std::string_view, 3> kEnds{"succeeded", "failed", "cancelled"};
constexpr std::int64_t kMaxParallel = 1'000;

Type nullable(const Type& type) { return type.is_dyn() ? type : Type::one_of({type, Type::of(K::null)}); }

/// Walks through the steps in the order in which a run meets them; names come into reach on the way.
class Walker {
public:
    explicit Walker(Compiler& c) : c_(c) {}

    void flow() {
        block(*c_.plan->root->body);
        if (!c_.plan->on_error) return;
        const Reach::Handling before = in_handler(Reach::Handling::flow);
        block(*c_.plan->on_error);
        in_handler(before);
    }

private:
    void block(const BlockPlan& block) {
        const StepPlan* ended = nullptr;
        for (StepPlan* step : block.steps) {
            if (ended)
                c_.findings.warning(at(*step), "unreachable",
                                    "no run comes here: step `" + ended->name + "` has stopped it");
            this->step(*step);
            if (step->kind == StepKind::stop && !step->condition && !ended) ended = step;
        }
    }

    Range at(const StepPlan& step) const {
        const auto node = c_.step_nodes.find(&step);
        if (node != c_.step_nodes.end() && !node->second->pairs.empty())
            return node->second->pairs.front().key_range;
        return {step.position, {step.position.line, step.position.column + 1}};
    }

    void step(StepPlan& step) {
        const auto node = c_.step_nodes.find(&step);
        if (node == c_.step_nodes.end()) {  // its kind is not known: what it would yield neither
            c_.reach.add_step(step, Type::dyn());
            if (step.handler) handler(step);
            return;
        }
        const YamlNode& map = *node->second;
        if (const YamlPair* pair = map.find("if"))
            step.condition = compile_expression(c_, *pair, Type::of(K::boolean));
        Type results;
        switch (step.kind) {
            case StepKind::action:
                results = action(map, step);
                break;
            case StepKind::for_each:
                results = loop(map, step);
                break;
            case StepKind::respond:
                respond(*map.find("respond"), step);
                break;
            case StepKind::stop:
                stop(*map.find("stop"), step);
                break;
        }
        results_[&step] =
            nullable(titled(results, "the results of " + (step.id.empty() ? step.name : step.id)));
        c_.reach.add_step(step, results_[&step]);
        if (step.handler) handler(step);
    }

    Reach::Handling in_handler(Reach::Handling now) {
        const Reach::Handling before = handling_;
        handling_ = now;
        c_.reach.set_error(now);
        return before;
    }

    void handler(StepPlan& step) {
        const Reach::Handling before = in_handler(Reach::Handling::step);
        block(*step.handler);
        in_handler(before);
    }

    std::shared_ptr<const ActionSpec> find_action(const YamlPair& uses) {
        const auto name = plain_text(c_.findings, uses);
        if (!name) return nullptr;
        auto spec = c_.catalog.action(*name);
        if (spec) return spec;
        const auto names = c_.catalog.action_names();
        const std::vector<std::string_view> views(names.begin(), names.end());
        c_.findings.error(uses.value.range, "unknown-action",
                          c_.catalog.trigger(*name) ? "`" + *name + "` is a trigger: it cannot be a step"
                                                    : "no plugin has an action `" + *name + "`",
                          closest(*name, views));
        return nullptr;
    }

    Type action(const YamlNode& map, StepPlan& step) {
        const YamlPair& uses = *map.find("uses");
        step.action.emplace();
        step.action->action = find_action(uses);
        const YamlPair* with = map.find("with");
        Dynamic dynamic;
        const bool fits = with && (with->value.is(YamlKind::mapping) || with->value.text.starts_with("${{"));
        if (with && !fits)
            c_.findings.error(with->value.range, "wrong-type",
                              "`with` must be a map, this is " + std::string(kind_text(with->value)));
        if (fits) step.action->with = compile_value(c_, with->value, SecretUse::allowed, &dynamic);
        const auto& spec = step.action->action;
        if (spec && spec->input && (fits || !with)) {
            static const YamlNode kNone{.kind = YamlKind::mapping};
            check_value(c_, with ? with->value : kNone, dynamic, *spec->input, "`" + spec->name + "`",
                        with ? with->value.range : map.pairs.front().key_range);
        }
        if (const YamlPair* retry = map.find("retry"))
            if (auto policy = compile_retry(c_, *retry)) step.retry = std::move(*policy);
        if (const auto timeout = Fields(c_.findings, map).duration("timeout")) step.timeout = *timeout;
        return spec && spec->output ? spec->output->type() : Type::dyn();
    }

    Type loop(const YamlNode& map, StepPlan& step) {
        ForEachStep& loop = *step.for_each;
        Type item;
        auto items = compile_expression(c_, *map.find("forEach"), Type::list(Type::dyn()));
        if (items) {
            item = element(items->program.type());
            loop.items = std::move(*items);
        }
        const Fields fields(c_.findings, map);
        if (const auto n = fields.integer("maxParallel", 1, kMaxParallel))
            loop.max_parallel = static_cast<std::uint32_t>(*n);
        if (const auto i = fields.choice("onItemError", kItemErrors))
            loop.on_item_error = static_cast<OnItemError>(*i);
        body(step, item);
        return results_of(loop, item);
    }

    void body(const StepPlan& step, const Type& item) {
        const ForEachStep& loop = *step.for_each;
        const Reach::Handling before = handling_;
        c_.reach.deny_step(step, "step `" + step.id + "` has results when all its items are done");
        c_.reach.add_item(loop.as, loop.body->depth, item);
        items_.push_back({loop.as, loop.body->depth, item});
        block(*loop.body->body);
        items_.pop_back();
        const std::string where = step.id.empty() ? "a loop" : "`" + step.id + "`";
        bool outer = false;
        for (auto known = items_.rbegin(); known != items_.rend() && !outer; ++known) {
            outer = known->name == loop.as;
            if (outer) c_.reach.add_item(known->name, known->depth, known->type);
        }
        if (!outer) c_.reach.deny_name(loop.as, "`" + loop.as + "` is there inside " + where + " only");
        for (const StepPlan* inner : loop.body->steps)
            c_.reach.deny_step(*inner, "step `" + inner->id + "` is inside " + where +
                                           ": outside, read stepResults." + step.id + ".results[i].results." +
                                           inner->id);
        handling_ = before;
    }

    static Type element(const Type& type) {
        if (type.kind() == K::list) return type.element();
        std::vector<Type> elements;
        for (const Type& option : type.options())
            if (option.kind() == K::list) elements.push_back(option.element());
        return elements.size() == 1 ? elements.front() : Type::dyn();
    }

    /// [{ item, status, results: { <stepId>: … }, error? }]
    Type results_of(const ForEachStep& loop, const Type& item) {
        Type::ObjectSpec steps;
        steps.closed = true;
        steps.title = "the results of one item";
        for (const StepPlan* step : loop.body->steps)
            if (!step->id.empty()) steps.fields[step->id] = {results_[step], false, {}};
        Type::ObjectSpec one;
        one.closed = true;
        one.title = "an item's result";
        one.fields["item"] = {item, false, {}};
        one.fields["status"] = {Type::of(K::string), false, {}};
        one.fields["results"] = {Type::object(std::move(steps)), false, {}};
        one.fields["error"] = {Type::dyn(), true, {}};
        return Type::list(Type::object(std::move(one)));
    }

    void respond(const YamlPair& pair, StepPlan& step) {
        step.respond.emplace();
        RespondStep& answer = *step.respond;
        const Fields fields(c_.findings, pair.value, "`respond`", kRespondKeys);
        const auto part = [&](std::string_view key, const Type& wanted) {
            const YamlPair* value = fields.get(key);
            if (!value) return Template();
            Dynamic dynamic;
            Template out = compile_value(c_, value->value, SecretUse::denied, &dynamic);
            if (const auto whole = dynamic.find("");
                whole != dynamic.end() && !wanted.accepts(whole->second.first))
                c_.findings.error(whole->second.second, "wrong-type",
                                  "`" + value->key + "` must be " + wanted.text() +
                                      ", this expression gives " + whole->second.first.text());
            return out;
        };
        answer.status = part("status", Type::of(K::integer));
        answer.headers = part("headers", Type::map(Type::of(K::string), Type::dyn()));
        answer.body = part("body", Type::dyn());
        answer.content_type = part("contentType", Type::of(K::string));
        if (const auto status = answer.status.constant(); status && answer.status)
            fields.integer("status", 200, 599);
        const YamlPair* headers = fields.get("headers");
        if (headers && answer.headers.constant() && !headers->value.is(YamlKind::mapping))
            c_.findings.error(headers->value.range, "wrong-type",
                              "`headers` must be a map, this is " + std::string(kind_text(headers->value)));
        if (answered_ && handling_ == Reach::Handling::nothing)
            c_.findings.warning(pair.key_range, "answered-twice",
                                "the run has answered at line " + std::to_string(answered_->line) +
                                    ": the first answer counts");
        const bool certain =
            !step.condition && handling_ == Reach::Handling::nothing && step.block == c_.plan->root->body;
        if (certain && !answered_) answered_ = pair.key_range.begin;
    }

    void stop(const YamlPair& pair, StepPlan& step) {
        step.stop.emplace();
        const Fields fields(c_.findings, pair.value, "`stop`", kStopKeys);
        if (const auto i = fields.choice("status", kEnds)) step.stop->status = static_cast<RunEnd>(*i);
        if (const YamlPair* message = fields.get("message"))
            step.stop->message = compile_value(c_, message->value, SecretUse::denied);
    }

    struct Item {
        std::string name;
        std::uint32_t depth;
        Type type;
    };
    Compiler& c_;
    Reach::Handling handling_ = Reach::Handling::nothing;
    std::optional<Position> answered_;  ///< where every run has answered by now
    std::vector<Item> items_;
    std::map<const StepPlan*, Type> results_;
};

}  // namespace

void compile_steps(Compiler& c) {
    Walker walker(c);
    walker.flow();
}

}  // namespace tappet::flow
