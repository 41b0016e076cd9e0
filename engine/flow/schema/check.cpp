#include "flow/schema/check.hpp"

#include "flow/schema/describe.hpp"
#include "flow/schema/numbers.hpp"
#include "flow/schema/uri.hpp"

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kMaxDepth = 1'000;  ///< of checks inside checks: a few for each level of the value

}  // namespace

std::string Path::text() const {
    std::string out;
    append(out);
    return out;
}

void Path::append(std::string& out) const {
    if (!parent) return;
    parent->append(out);
    out += '/';
    out += is_index ? std::to_string(index) : pointer_token(key);
}

void Evaluated::merge(const Evaluated& other) {
    if (seen_.size() < other.seen_.size()) seen_.resize(other.seen_.size());
    for (std::size_t i = 0; i < other.seen_.size(); ++i) {
        if (other.seen_[i]) seen_[i] = true;
    }
}

std::uint8_t types_of(const Value& value) {
    switch (value.kind()) {
        case Kind::boolean:
            return kBoolean;
        case Kind::integer:
        case Kind::uint:
            return kInteger | kNumber;
        case Kind::number:
            return is_integral(value) ? kInteger | kNumber : kNumber;
        case Kind::list:
            return kArray;
        case Kind::map:
            return kObject;
        case Kind::null:
        case Kind::optional:
            return kNull;
        default:
            return kString;  // bytes, timestamps and durations leave as text
    }
}

bool Checker::run(const Value& value) { return check(*schema_.root, value, Path{}, nullptr); }

bool Checker::check(const Node& node, const Value& value, const Path& path, Evaluated* seen) {
    if (node.verdict == Verdict::accept) return true;
    if (node.verdict == Verdict::refuse)
        return fail(path, "false", [] { return std::string("is not allowed"); });
    if (spent_) return false;
    if (depth_ >= kMaxDepth) {
        spent_ = true;
        return fail(path, "$ref", [] { return std::string("is nested too deep for its schema"); });
    }
    if (!spend(1)) return false;
    ++depth_;
    bool ok = false;
    if (schema_.has_dynamic && (!scope_ || scope_->resource != node.resource)) {
        const Scope entered{node.resource, scope_};
        scope_ = &entered;
        ok = everything(node, value, path, seen);
        scope_ = entered.parent;
    } else {
        ok = everything(node, value, path, seen);
    }
    --depth_;
    return ok && !spent_;
}

bool Checker::everything(const Node& node, const Value& value, const Path& path, Evaluated* seen) {
    if (node.types != 0 && (node.types & types_of(value)) == 0) {
        return fail(path, "type", [&] {
            const bool whole = is_number(value) && (node.types & kInteger) != 0;
            return "must be " + types_text(node.types) + ", is " +
                   (whole ? value_text(value) : std::string(kind_text(value)));
        });
    }
    const bool leftovers =
        node.in_place && (node.in_place->unevaluated_properties || node.in_place->unevaluated_items);
    Evaluated local;
    Evaluated* mine = leftovers ? &local : seen;

    bool ok = true;
    if (node.has_enum || node.constant) ok = values(node, value, path);
    if (!ok && !report_) return false;
    switch (value.kind()) {
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
            if (node.number) ok &= number(*node.number, value, path);
            break;
        case Kind::list:
            if (node.array) ok &= array(*node.array, value, path, mine);
            break;
        case Kind::map:
            if (node.object) ok &= object(*node.object, value, path, mine);
            break;
        case Kind::string:
            if (node.string) ok &= string(*node.string, value, path);
            break;
        default:
            break;
    }
    if (!node.in_place || (!ok && !report_)) return ok;
    ok &= in_place(*node.in_place, value, path, mine);
    if (leftovers && ok) ok = unevaluated(node, value, path, local);
    if (leftovers && ok && seen) seen->merge(local);
    return ok;
}

bool Checker::fits_silently(const Node& node, const Value& value, const Path& path, Evaluated* seen) {
    Report* const report = report_;
    report_ = nullptr;
    const bool ok = check(node, value, path, seen);
    report_ = report;
    return ok;
}

bool Checker::fail_with(const Path& path, SchemaProblem problem) {
    if (!report_ || report_->full()) return false;
    problem.pointer = path.text();
    note(std::move(problem));
    return false;
}

void Checker::note(SchemaProblem problem) {
    work_ += saying(problem.pointer);
    report_->problems.push_back(std::move(problem));
}

}  // namespace tappet::flow::schema
