// How many runs of a flow may be under way at once.
#include <array>

#include "flow/compiler.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 3> kKeys{"key", "limit", "onLimit"};
constexpr std::array<std::string_view, 3> kOnLimit{"queue", "reject", "supersede"};
constexpr std::int64_t kMostAtOnce = 10'000;

}  // namespace

expr::Type key_type() {
    using expr::Type;
    using K = Type::Kind;
    return Type::one_of({Type::of(K::string), Type::of(K::integer), Type::of(K::uint), Type::of(K::number),
                         Type::of(K::boolean)});
}

void compile_concurrency(Compiler& c, const YamlPair& pair) {
    const Fields fields(c.findings, pair.value, "`concurrency`", kKeys);
    if (!fields.valid()) return;
    ConcurrencyPlan plan;
    if (const YamlPair* key = fields.get("key")) plan.key = compile_expression(c, *key, key_type());
    if (const auto limit = fields.integer("limit", 1, kMostAtOnce))
        plan.limit = static_cast<std::uint32_t>(*limit);
    if (const auto choice = fields.choice("onLimit", kOnLimit)) plan.on_limit = static_cast<OnLimit>(*choice);
    c.plan->concurrency = std::move(plan);
}

}  // namespace tappet::flow
