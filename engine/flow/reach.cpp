#include "flow/reach.hpp"

#include <algorithm>

namespace tappet::flow {
namespace {

using expr::Type;
using K = Type::Kind;

Type::Field always(Type type) { return {std::move(type), false, {}}; }

Type text() { return Type::of(K::string); }
Type nullable(Type type) { return type.is_dyn() ? type : Type::one_of({std::move(type), Type::of(K::null)}); }

/// `of_step`: it is known that it happened at a step.
Type error_type(bool of_step) {
    Type::ObjectSpec spec;
    spec.closed = true;
    spec.title = "an error";
    spec.fields["step"] = always(of_step ? text() : nullable(text()));
    spec.fields["class"] = always(text());
    spec.fields["code"] = always(nullable(text()));
    spec.fields["message"] = always(text());
    spec.fields["status"] = always(nullable(Type::of(K::integer)));
    return Type::object(std::move(spec));
}

Type step_type(const Type& results, const std::string& id) {
    Type::ObjectSpec spec;
    spec.closed = true;
    spec.title = "stepResults." + id;
    spec.fields["status"] = always(text());
    spec.fields["results"] = always(results);
    spec.fields["error"] = always(nullable(error_type(true)));
    spec.fields["attempts"] = always(Type::of(K::integer));
    return Type::object(std::move(spec));
}

std::string only_text(const std::vector<std::string>& names) {
    std::string out = names.size() == 1 ? "only trigger `" : "only triggers `";
    for (std::size_t i = 0; i < names.size(); ++i) out += (i > 0 ? "`, `" : "") + names[i];
    return out + (names.size() == 1 ? "` has it: guard it with has()" : "` have it: guard it with has()");
}

}  // namespace

Type titled(const Type& type, std::string_view title) {
    if (type.kind() != K::object) return type;
    Type::ObjectSpec spec = type.spec();
    spec.title = title;
    return Type::object(std::move(spec));
}

Type union_of(const std::vector<std::pair<std::string, Type>>& named) {
    if (named.size() == 1) return named.front().second;
    std::vector<Type> types;
    for (const auto& [name, type] : named) types.push_back(type);
    if (!std::all_of(types.begin(), types.end(), [](const Type& t) { return t.kind() == K::object; }))
        return Type::one_of(types);
    Type::ObjectSpec out;
    out.title = types.front().spec().title;
    out.closed = std::all_of(types.begin(), types.end(), [](const Type& t) { return t.spec().closed; });
    for (const Type& type : types)
        for (const auto& [field, unused] : type.spec().fields) out.fields[field];
    for (auto& [field, merged] : out.fields) {
        std::vector<std::pair<std::string, Type>> having;
        std::vector<std::string> names;
        merged.optional = false;
        for (const auto& [name, type] : named) {
            const auto at = type.spec().fields.find(field);
            if (at == type.spec().fields.end()) continue;
            having.emplace_back(name, at->second.type);
            names.push_back(name);
            merged.optional = merged.optional || at->second.optional;
        }
        merged.type = union_of(having);
        if (having.size() == named.size()) continue;
        merged.optional = true;
        merged.only_some = only_text(names);
    }
    return Type::object(std::move(out));
}

void Reach::declare(expr::Env::Variable variable, Slot slot) {
    const std::uint32_t number = env_.declare(std::move(variable));
    plan_.slots.resize(number + 1);
    plan_.slots[number] = std::move(slot);
}

void Reach::set_trigger(Type type) {
    declare({"trigger", std::move(type), {}, {}}, {Slot::Kind::trigger, 0, kAnyTrigger, {}});
}

void Reach::add_trigger(const std::string& id, const Type& type) {
    declare({"stepResults." + id + ".results", type, {}, {}}, {Slot::Kind::trigger, 0, kAnyTrigger, id});
}

void Reach::set_config(Type type) {
    declare({"configVars", std::move(type), {}, {}}, {Slot::Kind::config_vars, 0, 0, {}});
}

void Reach::set_run_names() {
    Type::ObjectSpec run;
    run.closed = true;
    run.title = "run";
    run.fields["id"] = always(text());
    run.fields["url"] = always(text());
    run.fields["attempt"] = always(Type::of(K::integer));
    declare({"run", Type::object(std::move(run)), {}, {}}, {Slot::Kind::run, 0, 0, {}});
    Type::ObjectSpec flow;
    flow.closed = true;
    flow.title = "flow";
    flow.fields["name"] = always(text());
    flow.fields["version"] = always(Type::of(K::integer));
    declare({"flow", Type::object(std::move(flow)), {}, {}}, {Slot::Kind::flow, 0, 0, {}});
    set_error(Handling::nothing);
    declare({"secrets", Type::dyn(), "name one secret: secrets.NAME", {}}, {Slot::Kind::secrets, 0, 0, {}});
}

void Reach::set_ids(const std::vector<const StepPlan*>& steps, const std::vector<std::string>& triggers) {
    Type::ObjectSpec all;
    all.closed = true;
    all.title = "stepResults";
    for (const StepPlan* step : steps)
        if (!step->id.empty()) all.fields[step->id] = {Type::dyn(), true, {}};
    for (const std::string& id : triggers) all.fields[id] = {Type::dyn(), true, {}};
    declare({"stepResults", Type::object(std::move(all)), {}, {}}, {Slot::Kind::step_results_all, 0, 0, {}});
    for (const StepPlan* step : steps)
        deny_step(*step, "step `" + step->id + "` comes later: it has no results here");
}

void Reach::add_step(const StepPlan& step, const Type& results) {
    if (step.id.empty()) return;
    const std::string name = "stepResults." + step.id;
    const Type whole = step_type(results, step.id);
    const auto part = [&](const char* field, Slot::Kind kind, const Type& type) {
        declare({name + field, type, {}, {}}, {kind, step.block->scope->depth, step.index, {}});
    };
    part("", Slot::Kind::step, whole);
    part(".status", Slot::Kind::step_status, text());
    part(".results", Slot::Kind::step_results, results);
    part(".error", Slot::Kind::step_error, nullable(error_type(true)));
    part(".attempts", Slot::Kind::step_attempts, Type::of(K::integer));
}

void Reach::deny_step(const StepPlan& step, const std::string& why) {
    if (step.id.empty()) return;
    const std::string name = "stepResults." + step.id;
    deny_name(name, why);
    for (const char* field : {".status", ".results", ".error", ".attempts"})
        if (env_.find(name + field)) deny_name(name + field, why);
}

void Reach::add_item(const std::string& name, std::uint32_t depth, Type type) {
    declare({name, std::move(type), {}, {}}, {Slot::Kind::loop_item, depth, 0, {}});
}

void Reach::deny_name(const std::string& name, const std::string& why) {
    declare({name, Type::dyn(), why, {}}, {Slot::Kind::error, 0, 0, {}});
}

void Reach::hide_run(const std::string& why) {
    for (const char* name : {"trigger", "run", "flow", "stepResults"}) {
        const auto slot = env_.find(name);
        if (!slot) continue;
        hidden_.emplace_back(env_.variables()[*slot], plan_.slots[*slot]);
        deny_name(name, why);
    }
}

void Reach::show_run() {
    for (auto& [variable, slot] : hidden_) declare(std::move(variable), std::move(slot));
    hidden_.clear();
}

void Reach::set_error(Handling handling) {
    if (handling == Handling::nothing)
        deny_name("error", "`error` is there in `onError` steps only");
    else
        declare({"error", error_type(handling == Handling::step), {}, {}}, {Slot::Kind::error, 0, 0, {}});
}

void Reach::set_secret(const std::string& name, std::string denied, std::string warning) {
    declare({"secrets." + name, text(), std::move(denied), std::move(warning)},
            {Slot::Kind::secrets, 0, 0, name});
}

}  // namespace tappet::flow
