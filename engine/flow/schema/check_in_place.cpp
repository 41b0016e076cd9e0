#include <algorithm>

#include "expr/text.hpp"
#include "flow/schema/check.hpp"
#include "flow/schema/describe.hpp"

namespace tappet::flow::schema {

/// Checks another schema against the same value; what it evaluated counts only where it fits.
bool Checker::apply(const Node& node, const Value& value, const Path& path, Evaluated* seen) {
    if (!seen) return check(node, value, path, nullptr);
    Evaluated local;
    if (!check(node, value, path, &local)) return false;
    seen->merge(local);
    return true;
}

bool Checker::in_place(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool ok = true;
    if (rules.ref) ok = apply(*rules.ref, value, path, seen);
    if (rules.dynamic_ref && (ok || report_)) ok &= apply(dynamic_target(rules), value, path, seen);
    for (const Node* node : rules.all_of) {
        if (!ok && !report_) return false;
        ok &= apply(*node, value, path, seen);
    }
    if (!ok && !report_) return false;
    if (!rules.any_of.empty()) ok &= any_of(rules, value, path, seen);
    if (!ok && !report_) return false;
    if (!rules.one_of.empty()) ok &= one_of(rules, value, path, seen);
    if (!ok && !report_) return false;
    if (rules.not_ && fits_silently(*rules.not_, value, path)) {
        ok = fail(path, "not", [&] {
            return "must not be " + value_text(value) + " or the like: it fits the schema under `not`";
        });
    }
    if (!ok && !report_) return false;
    return conditions(rules, value, path, seen) && ok;
}

bool Checker::conditions(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool ok = true;
    if (rules.if_ && (rules.then_ || rules.else_ || seen)) {
        Evaluated local;
        const bool holds = fits_silently(*rules.if_, value, path, seen ? &local : nullptr);
        if (holds && seen) seen->merge(local);
        const Node* next = holds ? rules.then_ : rules.else_;
        if (next) ok = apply(*next, value, path, seen);
    }
    if (!value.is(Kind::map)) return ok;
    for (const auto& [name, node] : rules.dependent) {
        if (!ok && !report_) return false;
        if (value.find(std::string_view(name))) ok &= apply(*node, value, path, seen);
    }
    return ok;
}

bool Checker::any_of(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool fits = false;
    for (const Node* node : rules.any_of) {
        Evaluated local;
        if (!fits_silently(*node, value, path, seen ? &local : nullptr)) continue;
        fits = true;
        if (!seen) return true;
        seen->merge(local);
    }
    return fits || explain_none(rules.any_of, "anyOf", value, path);
}

bool Checker::one_of(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    std::size_t fitting = 0, first = 0;
    for (std::size_t i = 0; i < rules.one_of.size(); ++i) {
        Evaluated local;
        if (!fits_silently(*rules.one_of[i], value, path, seen ? &local : nullptr)) continue;
        if (++fitting == 1) first = i;
        if (fitting == 2) {
            return fail(path, "oneOf", [&] {
                return "must fit exactly one of " + std::to_string(rules.one_of.size()) +
                       " forms, fits number " + std::to_string(first + 1) + " and number " +
                       std::to_string(i + 1);
            });
        }
        if (seen) seen->merge(local);
    }
    return fitting == 1 || explain_none(rules.one_of, "oneOf", value, path);
}

/// Says why no option fits: by the one that was probably meant (right type, right constants), if there is
/// one.
bool Checker::explain_none(const std::vector<const Node*>& options, std::string_view keyword,
                           const Value& value, const Path& path) {
    if (!report_ || report_->full() || spent_) return false;
    Report* const report = report_;
    const std::string here = path.text();
    work_ += saying(here);
    std::vector<Report> meant;
    std::vector<std::string> wanted;  // types, of the options that want another one
    for (const Node* node : options) {
        Report own;
        report_ = &own;
        check(*node, value, path, nullptr);
        const bool other_type =
            own.problems.size() == 1 && own.problems[0].keyword == "type" && own.problems[0].pointer == here;
        if (other_type) {
            const std::string& detail = own.problems[0].detail;  // "must be …, is …"
            std::string type = detail.substr(8, detail.rfind(", is ") - 8);
            if (std::find(wanted.begin(), wanted.end(), type) == wanted.end())
                wanted.push_back(std::move(type));
        } else {
            meant.push_back(std::move(own));
        }
    }
    report_ = report;
    if (meant.empty()) {
        std::string detail = "must be ";
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            detail += i == 0 ? wanted[i] : " or " + wanted[i];
        }
        return fail(path, keyword, [&] { return detail + ", is " + std::string(kind_text(value)); });
    }
    auto wrong_constant = [](const Report& r) {
        return std::any_of(r.problems.begin(), r.problems.end(),
                           [](const auto& p) { return p.keyword == "const" || p.keyword == "enum"; });
    };
    if (meant.size() > 1) {
        std::vector<Report> right;
        for (const Report& r : meant) {
            if (!wrong_constant(r)) right.push_back(r);
        }
        if (right.size() == 1) meant = std::move(right);
    }
    if (meant.size() == 1) {
        for (auto& problem : meant[0].problems) {
            if (!report_->full()) report_->problems.push_back(std::move(problem));
        }
        return false;
    }
    return fail(path, keyword, [&] {
        std::string detail = "fits none of " + std::to_string(options.size()) + " forms:";
        for (std::size_t i = 0; i < meant.size() && i < 3; ++i) {
            if (meant[i].problems.empty()) continue;
            const auto& problem = meant[i].problems[0];
            const std::string below = problem.pointer.substr(std::min(here.size(), problem.pointer.size()));
            detail += (i == 0 ? " " : "; or ") + (below.empty() ? "" : below + " ") + problem.detail;
        }
        return detail;
    });
}

bool Checker::unevaluated(const Node& node, const Value& value, const Path& path, Evaluated& seen) {
    bool ok = true;
    if (const Node* rest = node.in_place->unevaluated_properties; rest && value.is(Kind::map)) {
        for (std::size_t i = 0; i < value.entries().size(); ++i) {
            if (seen.has(i)) continue;
            const auto& [key, item] = value.entries()[i];
            const std::string name = key_text(key);
            const Path place = Path::of(path, name);
            if (rest->verdict == Verdict::refuse) {
                ok = unknown(node.object.get(), name, place, "unevaluatedProperties");
            } else if (!check(*rest, item, place, nullptr)) {
                ok = false;
            }
            if (!ok && !report_) return false;
            seen.mark(i, value.entries().size());
        }
    }
    if (const Node* rest = node.in_place->unevaluated_items; rest && value.is(Kind::list)) {
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            if (seen.has(i)) continue;
            const Path place = Path::of(path, i);
            if (rest->verdict == Verdict::refuse) {
                ok = fail(place, "unevaluatedItems",
                          [] { return std::string("is an item that no part of the schema allows"); });
            } else if (!check(*rest, value.items()[i], place, nullptr)) {
                ok = false;
            }
            if (!ok && !report_) return false;
            seen.mark(i, value.items().size());
        }
    }
    return ok;
}

/// The outermost resource on the way here that declares the anchor decides.
const Node& Checker::dynamic_target(const InPlaceRules& rules) const {
    const Node* target = rules.dynamic_ref;
    if (rules.dynamic_name.empty()) return *target;
    for (const Scope* scope = scope_; scope; scope = scope->parent) {
        const auto& anchors = scope->resource->dynamic_anchors;
        if (auto it = anchors.find(rules.dynamic_name); it != anchors.end()) target = it->second;
    }
    return *target;
}

}  // namespace tappet::flow::schema
