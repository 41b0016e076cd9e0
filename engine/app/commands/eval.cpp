#include <CLI/CLI.hpp>

#include "app/commands/command.hpp"
#include "app/files.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"
#include "expr/program.hpp"
#include "flow/template_text.hpp"

namespace tappet::app {
namespace {

struct EvalOptions {
    std::string expression, data;
};

/// The members of the data by name.
class Members final : public expr::Activation {
public:
    Members(const expr::Env& env, const Value& data) : env_(env), data_(data) {}
    std::optional<Value> get(std::uint32_t slot) const override {
        const Value* value = data_.find(std::string_view(env_.variables()[slot].name));
        return value ? std::optional(*value) : std::nullopt;
    }

private:
    const expr::Env& env_;
    const Value& data_;
};

Exit failed(const Console& console, const std::string& expression, const std::string& message,
            std::size_t begin) {
    if (console.json) {
        console.value(Value::object(
            {{"error", Value::object({{"message", Value::string(message)},
                                      {"column", Value::integer(static_cast<std::int64_t>(begin) + 1)}})}}));
    } else {
        console.note("  " + printable(expression) + "\n  " + std::string(begin, ' ') + "^ " +
                     printable(message));
    }
    return Exit::failed;
}

/// What stands inside ${{ }}, where the whole is one.
std::string bare(const std::string& text) {
    const auto parts = flow::split_text(text);
    if (parts.size() != 1 || !parts.front().expression || parts.front().open) return text;
    return std::string(parts.front().text);
}

Exit evaluate(Invocation& call, const EvalOptions& options) {
    Value data = Value::object({});
    if (!options.data.empty()) {
        auto text = read_file(options.data);
        if (!text) return call.console.fail(Exit::not_found, text.error().message);
        auto read = read_json(*text);
        if (!read) return call.console.fail(Exit::failed, options.data + ": " + read.error().message);
        data = std::move(*read);
        if (!data.is(Kind::map))
            return call.console.fail(
                Exit::failed, options.data + ": the data must be an object: its members are the names");
    }
    expr::Env env;
    for (const MapEntry& entry : data.entries())
        env.declare(std::string(entry.key.as_string()), expr::Type::dyn());
    const std::string expression = bare(options.expression);
    const auto compiled = expr::compile(expression, env);
    for (const expr::Finding& finding : compiled.findings) {
        if (finding.severity != expr::Finding::Severity::error) continue;
        const std::string hint =
            finding.suggestion.empty() ? "" : "; did you mean `" + finding.suggestion + "`?";
        return failed(call.console, expression, finding.message + hint, finding.begin);
    }
    const auto result = compiled.program->run(Members(env, data));
    if (!result.ok) return failed(call.console, expression, result.error.message, result.error.begin);
    auto value = to_json_value(result.value);
    if (!value) return failed(call.console, expression, value.error().message, 0);
    if (call.console.json)
        call.console.value(Value::object({{"value", *value}}));
    else
        call.console.value(*value);
    return Exit::ok;
}

}  // namespace

void add_eval(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<EvalOptions>();
    CLI::App* command = app.add_subcommand("eval", "evaluates an expression");
    command->add_option("EXPR", options->expression, "the expression (CEL)")->required();
    command->add_option("--data", options->data,
                        "a JSON file (- for standard input) whose members are the names");
    take_output(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return evaluate(call, *options); }; });
}

}  // namespace tappet::app
