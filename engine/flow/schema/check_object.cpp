#include "base/closest.hpp"
#include "expr/text.hpp"
#include "flow/schema/check.hpp"
#include "flow/schema/describe.hpp"

namespace tappet::flow::schema {

bool Checker::object(const ObjectRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool ok = true;
    const std::size_t size = value.size();
    if (size < rules.size.least) {
        ok = fail(path, "minProperties", [&] {
            return "must have at least " + counted(rules.size.least, "property", "properties") + ", has " +
                   std::to_string(size);
        });
    } else if (size > rules.size.most) {
        ok = fail(path, "maxProperties", [&] {
            return "must have at most " + counted(rules.size.most, "property", "properties") + ", has " +
                   std::to_string(size);
        });
    }
    if (!ok && !report_) return false;
    ok &= rules.each_entry() || seen ? each_entry(rules, value, path, seen) : known_only(rules, value, path);
    if (!ok && !report_) return false;
    if (!rules.dependent_required.empty()) ok &= dependent_required(rules, value, path);
    return ok;
}

/// Only the names of the schema matter: each is asked for.
bool Checker::known_only(const ObjectRules& rules, const Value& value, const Path& path) {
    bool ok = true;
    for (const Property& property : rules.properties) {
        const Value* found = value.find(std::string_view(property.name));
        if (!found) {
            if (!property.required) continue;
            ok = fail(Path::of(path, property.name), "required", [] { return std::string("is required"); });
        } else if (property.node && !check(*property.node, *found, Path::of(path, property.name), nullptr)) {
            ok = false;
        }
        if (!ok && (!report_ || report_->full())) return false;
    }
    return ok;
}

bool Checker::each_entry(const ObjectRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool ok = true;
    std::size_t required = 0, at = 0;
    std::string text;
    for (const auto& [key, item] : value.entries()) {
        if (!key.is(Kind::string)) text = key_text(key);
        const std::string_view name = key.is(Kind::string) ? key.as_string() : std::string_view(text);
        const Path place = Path::of(path, name);
        const Property* property = rules.find(name);
        bool known = false;
        if (property) {
            required += property->required ? 1 : 0;
            known = property->node != nullptr;
            if (known && !check(*property->node, item, place, nullptr)) ok = false;
        }
        if ((ok || report_) && !entry(rules, name, item, place, known)) ok = false;
        if (!ok && (!report_ || report_->full())) return false;
        if (known && seen) seen->mark(at, value.size());
        ++at;
    }
    if (required < rules.required) ok = missing(rules, value, path);
    return ok;
}

/// What names and patterns say about one entry; `known` comes in true where `properties` has it.
bool Checker::entry(const ObjectRules& rules, std::string_view name, const Value& item, const Path& place,
                    bool& known) {
    bool ok = true;
    for (const auto& [pattern, node] : rules.patterns) {
        if (!spend(pattern->work(name))) return false;
        if (!pattern->matches(name)) continue;
        known = true;
        if (!check(*node, item, place, nullptr)) ok = false;
        if (!ok && !report_) return false;
    }
    if (!known && rules.additional) {
        known = true;
        if (rules.additional->verdict == Verdict::refuse) {
            ok = unknown(&rules, name, place, "additionalProperties");
        } else if (!check(*rules.additional, item, place, nullptr)) {
            ok = false;
        }
    }
    if (!rules.names || (!ok && !report_)) return ok;
    const std::size_t before = report_ ? report_->problems.size() : 0;
    if (!check(*rules.names, Value::string(name), place, nullptr)) {
        ok = false;
        for (std::size_t i = before; report_ && i < report_->problems.size(); ++i) {
            report_->problems[i].detail = "has a name that " + report_->problems[i].detail;
            report_->problems[i].keyword = "propertyNames";
        }
    }
    return ok;
}

bool Checker::missing(const ObjectRules& rules, const Value& value, const Path& path) {
    for (const Property& property : rules.properties) {
        if (!property.required || value.find(std::string_view(property.name))) continue;
        fail(Path::of(path, property.name), "required", [] { return std::string("is required"); });
        if (!report_) break;
    }
    return false;
}

bool Checker::dependent_required(const ObjectRules& rules, const Value& value, const Path& path) {
    bool ok = true;
    for (const auto& [name, others] : rules.dependent_required) {
        if (!value.find(std::string_view(name))) continue;
        for (const auto& other : others) {
            if (value.find(std::string_view(other))) continue;
            ok = fail(Path::of(path, other), "dependentRequired",
                      [&] { return "is required where \"" + name + "\" is given"; });
            if (!report_) return false;
        }
    }
    return ok;
}

bool Checker::unknown(const ObjectRules* rules, std::string_view name, const Path& path,
                      std::string_view keyword) {
    if (!report_ || report_->full()) return false;
    std::vector<std::string_view> known;
    if (rules) {
        for (const Property& property : rules->properties) known.push_back(property.name);
    }
    work_ += closest_work(name, known.size());
    SchemaProblem problem;
    problem.detail = "is not a known property";
    problem.keyword = keyword;
    problem.suggestion = closest(name, known);
    return fail_with(path, std::move(problem));
}

}  // namespace tappet::flow::schema
