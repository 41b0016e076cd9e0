#include "flow/schema/check.hpp"
#include "flow/schema/describe.hpp"
#include "flow/schema/unique.hpp"

namespace tappet::flow::schema {

bool Checker::array(const ArrayRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    bool ok = true;
    const auto items = value.items();
    if (items.size() < rules.size.least) {
        ok = fail(path, "minItems", [&] {
            return "must hold at least " + counted(rules.size.least, "item", "items") + ", holds " +
                   std::to_string(items.size());
        });
    } else if (items.size() > rules.size.most) {
        ok = fail(path, "maxItems", [&] {
            return "must hold at most " + counted(rules.size.most, "item", "items") + ", holds " +
                   std::to_string(items.size());
        });
    }
    if (!ok && !report_) return false;
    const std::size_t checked = rules.rest ? items.size() : std::min(items.size(), rules.prefix.size());
    for (std::size_t i = 0; i < checked; ++i) {
        const Path place = Path::of(path, i);
        const Node& node = i < rules.prefix.size() ? *rules.prefix[i] : *rules.rest;
        if (node.verdict == Verdict::refuse && i >= rules.prefix.size()) {
            ok = fail(place, "items", [&] {
                return "is one item too many: there may be " + std::to_string(rules.prefix.size());
            });
        } else if (!check(node, items[i], place, nullptr)) {
            ok = false;
        }
        if (!ok && (!report_ || report_->full())) return false;
        if (seen) seen->mark(i, items.size());
    }
    if (rules.unique) {
        std::size_t left = work_left();
        const auto twins = first_equal(items, left);
        if (!spend(work_left() - left)) return false;
        if (twins) {
            ok = fail(path, "uniqueItems", [&] {
                return "must hold no item twice: items " + std::to_string(twins->first) + " and " +
                       std::to_string(twins->second) + " are equal";
            });
            if (!report_) return false;
        }
    }
    if (rules.contains) ok &= contains(rules, value, path, seen);
    return ok;
}

bool Checker::contains(const ArrayRules& rules, const Value& value, const Path& path, Evaluated* seen) {
    const auto items = value.items();
    const bool mark = seen && rules.contains_evaluates;
    std::size_t found = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!fits_silently(*rules.contains, items[i], path)) continue;
        ++found;
        if (mark) seen->mark(i, items.size());
        if (!mark && !report_ && found >= rules.matches.least && rules.matches.most == Span{}.most)
            return true;
    }
    if (found < rules.matches.least) {
        const std::string_view keyword = rules.matches.least == 1 ? "contains" : "minContains";
        return fail(path, keyword, [&] {
            return "must hold at least " + counted(rules.matches.least, "item that fits", "items that fit") +
                   ", holds " + std::to_string(found);
        });
    }
    if (found > rules.matches.most) {
        return fail(path, "maxContains", [&] {
            return "must hold at most " + counted(rules.matches.most, "item that fits", "items that fit") +
                   ", holds " + std::to_string(found);
        });
    }
    return true;
}

}  // namespace tappet::flow::schema
