#include "flow/schema/schema.hpp"

#include "flow/schema/check.hpp"
#include "flow/schema/compiler.hpp"

namespace tappet::flow {

Schema::Schema(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Schema::~Schema() = default;

std::shared_ptr<const Schema> Schema::compile(const Value& source, std::vector<CompileError>& errors) {
    auto impl = std::make_unique<Impl>();
    impl->source = source;
    std::vector<CompileError> found;
    schema::Compiler(*impl, found).run();
    const bool fine = found.empty();
    for (auto& error : found) errors.push_back(std::move(error));
    if (fine) impl->type = schema::type_of(*impl->root);
    return fine ? std::make_shared<const Schema>(std::move(impl)) : nullptr;
}

bool Schema::accepts(const Value& value) const { return schema::Checker(*impl_, nullptr).run(value); }

std::vector<SchemaProblem> Schema::problems(const Value& value, std::size_t limit) const {
    if (limit == 0) return {};
    schema::Checker quick(*impl_, nullptr);
    if (quick.run(value)) return {};
    if (quick.overworked()) return {{"", "takes too much work to check", "$ref", ""}};
    schema::Report report;
    report.limit = limit;
    schema::Checker full(*impl_, &report);
    full.run(value);
    if (report.problems.empty() || (full.overworked() && !report.full()))
        report.problems.push_back({"", "takes too much work to say all that is wrong", "$ref", ""});
    return std::move(report.problems);
}

Value Schema::with_defaults(const Value& value) const { return schema::fill_defaults(*impl_->root, value); }

const Value& Schema::json() const { return impl_->source; }

}  // namespace tappet::flow
