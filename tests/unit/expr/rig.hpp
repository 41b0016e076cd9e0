#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "expr/json.hpp"
#include "expr/program.hpp"

namespace tappet::expr::test {

/// Names with types and values, in which expressions are compiled and run.
class Rig final : public Activation {
public:
    Rig& with(std::string name, Value value, Type type = {}) {
        env_.declare(std::move(name), std::move(type));
        values_.emplace_back(std::move(value));
        return *this;
    }
    Rig& json(std::string name, std::string_view text, Type type = {}) {
        return with(std::move(name), read_json(text).value(), std::move(type));
    }
    /// A name that is known but has no value now.
    Rig& absent(std::string name, Type type = {}) {
        env_.declare(std::move(name), std::move(type));
        values_.emplace_back(std::nullopt);
        return *this;
    }

    Compiled compile(std::string_view source, const CompileOptions& options = {}) const {
        return expr::compile(source, env_, options);
    }
    EvalResult run(std::string_view source, const EvalLimits& limits = {}) const {
        const Compiled compiled = compile(source);
        if (compiled.program) return compiled.program->run(*this, limits);
        EvalResult failed;
        for (const Finding& finding : compiled.findings)
            if (finding.severity == Finding::Severity::error)
                failed.error = {finding.message, finding.begin, finding.end};
        return failed;
    }
    /// The result as JSON (secrets as dots), or "error: " and what went wrong.
    std::string show(std::string_view source, const EvalLimits& limits = {}) const {
        const EvalResult result = run(source, limits);
        if (!result.ok) return "error: " + result.error.message;
        const auto text = write_json(result.value);
        return text ? *text : "not JSON: " + text.error().message;
    }
    bool secret(std::string_view source) const {
        const EvalResult result = run(source);
        EXPECT_TRUE(result.ok) << source << ": " << result.error.message;
        return result.value.secret();
    }
    /// "begin-end code message (suggestion)" per finding, one a line; warnings begin with "warning ".
    std::string findings(std::string_view source) const {
        std::string out;
        for (const Finding& each : compile(source).findings) {
            if (!out.empty()) out += '\n';
            if (each.severity == Finding::Severity::warning) out += "warning ";
            out += std::to_string(each.begin) + "-" + std::to_string(each.end) + " " + each.code + " " +
                   each.message;
            if (!each.suggestion.empty()) out += " (" + each.suggestion + ")";
        }
        return out;
    }
    std::string type(std::string_view source) const {
        const Compiled compiled = compile(source);
        return compiled.program ? compiled.program->type().text() : "does not compile";
    }

    std::optional<Value> get(std::uint32_t slot) const override { return values_[slot]; }
    const Env& env() const { return env_; }

private:
    Env env_;
    std::vector<std::optional<Value>> values_;
};

/// An object type of these fields.
inline Type object(std::map<std::string, Type> fields, bool closed = true, std::string title = "body") {
    Type::ObjectSpec spec;
    for (auto& [name, type] : fields) spec.fields[name].type = std::move(type);
    spec.closed = closed;
    spec.title = std::move(title);
    return Type::object(std::move(spec));
}

}  // namespace tappet::expr::test
