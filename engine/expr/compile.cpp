#include "base/encoding.hpp"
#include "expr/check/checker.hpp"
#include "expr/code/emit.hpp"
#include "expr/code/machine.hpp"
#include "expr/program.hpp"
#include "expr/syntax/parser.hpp"

namespace tappet::expr {
namespace {

/// Whether a built value stays within the limit; shared parts count as often as they occur.
bool within(const Value& value, Meter& meter, std::size_t limit) {
    std::size_t bytes = 0;
    std::vector<const Value*> open{&value};
    while (!open.empty()) {
        const Value* next = open.back();
        open.pop_back();
        bytes += sizeof(Value);
        if (next->is(Kind::string) || next->is(Kind::bytes)) bytes += next->size();
        if (bytes > limit) return meter.fits(bytes);
        if (next->is(Kind::list)) {
            for (const Value& item : next->items()) open.push_back(&item);
        } else if (next->is(Kind::map)) {
            for (const MapEntry& entry : next->entries()) {
                bytes += entry.key.size();
                open.push_back(&entry.value);
            }
        } else if (next->is(Kind::optional) && next->optional_value()) {
            open.push_back(next->optional_value());
        }
    }
    return true;
}

}  // namespace

Compiled compile(std::string_view source, const Env& env, const CompileOptions& options) {
    Compiled out;
    Findings findings(source.substr(0, options.max_length));
    const bool too_long = source.size() > options.max_length;
    const std::size_t bad = too_long ? std::string_view::npos : find_invalid_utf8(source);
    if (too_long) {
        findings.error({0, 1}, "syntax",
                       "an expression may have " + std::to_string(options.max_length) + " bytes at most");
    } else if (bad != std::string_view::npos) {
        const auto at = static_cast<std::uint32_t>(bad);
        findings.error({at, at + 1}, "syntax", "the expression is not valid UTF-8");
    } else if (auto ast = Parser(source, findings, options).run()) {
        Checker(*ast, env, findings, options.check).run();
        if (!findings.has_errors())
            out.program = Program(Emitter(*ast, env, findings).run(source, options.check));
    }
    out.findings = findings.take();
    return out;
}

EvalResult Program::run(const Activation& activation, const EvalLimits& limits) const {
    if (impl_->constant) {
        EvalResult result;
        result.ok = true;
        result.value = *impl_->constant;
        return result;
    }
    Meter meter(limits.cost, limits.bytes, &activation);
    EvalResult result = Machine(*impl_, activation, meter).run();
    if (result.ok && impl_->builds && !within(result.value, meter, limits.bytes)) {
        result = {};
        result.error.message = meter.take_message();
        result.error.end = 1;
    }
    return result;
}

const Type& Program::type() const { return impl_->type; }
const std::vector<std::uint32_t>& Program::slots() const { return impl_->slots; }
const std::string& Program::text() const { return impl_->text; }
std::optional<Value> Program::constant() const { return impl_->constant; }

}  // namespace tappet::expr
