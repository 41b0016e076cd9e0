// Any text either compiles or says why, with positions inside it. What compiles runs within its budget, twice
// the same, and what a secret went into never comes out in the open.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "expr/program.hpp"

using namespace tappet;

namespace {

constexpr std::string_view kBody =
    R"({"id":"c1","n":3,"d":1.5,"list":[1,2,{"a":"b"}],"map":{"k":null},"when":"2024-02-29T12:00:00Z"})";
constexpr std::string_view kSecret = "hunter2hunter2";

class Names final : public expr::Activation {
public:
    Names() {
        expr::Type::ObjectSpec spec;
        spec.fields["id"].type = expr::Type::of(expr::Type::Kind::string);
        spec.fields["n"].type = expr::Type::of(expr::Type::Kind::integer);
        spec.fields["only"].only_some = "only some have it";
        add("trigger.body", read_json(kBody).value(), expr::Type::object(std::move(spec)));
        add("x", read_json(kBody).value(), {});
        add("s", Value::string(kSecret).as_secret(), expr::Type::of(expr::Type::Kind::string));
    }
    std::optional<Value> get(std::uint32_t slot) const override { return values_[slot]; }
    const expr::Env& env() const { return env_; }

private:
    void add(std::string name, Value value, expr::Type type) {
        env_.declare(std::move(name), std::move(type));
        values_.push_back(std::move(value));
    }
    expr::Env env_;
    std::vector<Value> values_;
};

void expect(bool holds) {
    if (!holds) std::abort();
}

void run(const expr::Program& program, const Names& names, bool reads_secret) {
    expr::EvalLimits limits;
    limits.cost = 20'000;
    limits.bytes = 1 << 20;
    const expr::EvalResult first = program.run(names, limits), second = program.run(names, limits);
    expect(first.ok == second.ok && first.error.message == second.error.message);
    if (!first.ok) {
        expect(!first.error.message.empty() && first.error.begin < first.error.end);
        expect(!reads_secret || first.error.message.find(kSecret) == std::string::npos);
        return;
    }
    const auto text = write_json(first.value);
    expect(!reads_secret || !text || text->find(kSecret) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Names names;
    const std::string_view source(reinterpret_cast<const char*>(data), size);
    for (const bool check : {true, false}) {
        expr::CompileOptions options;
        options.check = check;
        const expr::Compiled compiled = expr::compile(source, names.env(), options);
        for (const expr::Finding& finding : compiled.findings)
            expect(!finding.message.empty() && finding.begin < finding.end && finding.begin <= size);
        if (!compiled.program) {
            expect(!compiled.findings.empty());
            continue;
        }
        // A source that spells the secret out itself may well show it.
        const bool spelled = source.find("hunter") != std::string_view::npos;
        run(*compiled.program, names, !spelled && !compiled.program->slots().empty());
    }
    return 0;
}
