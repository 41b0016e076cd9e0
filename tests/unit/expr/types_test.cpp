#include "rig.hpp"

using namespace tappet;
using namespace tappet::expr;
using namespace tappet::expr::test;

namespace {

using K = Type::Kind;

Rig typed() {
    Rig rig;
    rig.json("n", "1", Type::of(K::integer))
        .json("d", "1.5", Type::of(K::number))
        .json("s", "\"x\"", Type::of(K::string));
    rig.json("any", "{}").json("l", "[1]", Type::list(Type::of(K::integer)));
    rig.json("maybe", "null", Type::one_of({Type::of(K::string), Type::of(K::null)}));
    rig.json("open", "{}", object({{"a", Type::of(K::string)}}, false))
        .json("closed", R"({"a":"x"})", object({{"a", Type::of(K::string)}}));
    return rig;
}

}  // namespace

TEST(ExprTypes, FollowTheOperands) {
    const Rig rig = typed();
    EXPECT_EQ(rig.type("n + n"), "int");
    EXPECT_EQ(rig.type("n + d"), "double");
    EXPECT_EQ(rig.type("n > d"), "bool");
    EXPECT_EQ(rig.type("s + s"), "string");
    EXPECT_EQ(rig.type("any.x + 1"), "dyn");
    EXPECT_EQ(rig.type("[1, 2]"), "list(int)");
    EXPECT_EQ(rig.type("{'a': 1}"), "map(string, int)");
    EXPECT_EQ(rig.type("s == 'x' ? n : s"), "int or string");
    EXPECT_EQ(rig.type("l.map(x, string(x))"), "list(string)");
    EXPECT_EQ(rig.type("l.filter(x, x > 1)"), "list(int)");
    EXPECT_EQ(rig.type("closed.?a"), "optional(string)");
    EXPECT_EQ(rig.type("closed.?a.orValue('')"), "string");
    EXPECT_EQ(rig.type("math.abs(n)"), "int");
    EXPECT_EQ(rig.type("math.greatest(n, d)"), "int or double");
    EXPECT_EQ(rig.type("timestamp(s) + duration('1h')"), "timestamp");
    EXPECT_EQ(rig.type("s.split(',')"), "list(string)");
    EXPECT_EQ(rig.type("cel.bind(x, n, x + 1)"), "int");
    EXPECT_EQ(rig.type("l.first()"), "optional(int)");
}

TEST(ExprTypes, AnOpenObjectHasAnyFieldAndAClosedOneItsOwn) {
    const Rig rig = typed();
    EXPECT_EQ(rig.type("open.other"), "dyn");
    EXPECT_EQ(rig.type("open.a"), "string");
    EXPECT_EQ(rig.type("closed.other"), "does not compile");
    EXPECT_EQ(rig.type("has(closed.other)"), "does not compile");
}

TEST(ExprTypes, AValueThatMayBeNullCanBeUsedAndCompared) {
    const Rig rig = typed();
    EXPECT_EQ(rig.findings("maybe == null || maybe.startsWith('x')"), "");
    EXPECT_EQ(rig.type("maybe == null ? 'none' : maybe"), "string or null");
}

TEST(ExprTypes, NumbersOfJsonFitEachOther) {
    const Rig rig = typed();
    EXPECT_EQ(rig.findings("n == d && l[d] > 1.5 && d in l"), "");
    EXPECT_EQ(rig.findings("n + 1u"), "2-3 no-overload no operator \"+\" for int and uint");
}

TEST(ExprTypes, DoNotGrowWithoutBound) {
    std::string nested = "l";
    for (int i = 0; i < 2000; ++i) nested += ".map(x,[x])";
    EXPECT_EQ(typed().findings(nested), "");
    std::vector<Type> many;
    for (int i = 0; i < 100; ++i) many.push_back(Type::list(Type::of(K::integer)));
    EXPECT_TRUE(Type::one_of(many).is_dyn());
}

TEST(ExprTypes, UncheckedExpressionsFailWhereTheyAreReached) {
    CompileOptions options;
    options.check = false;
    const Rig rig = typed();
    const auto run = [&](std::string_view source) {
        const EvalResult result = rig.compile(source, options).program->run(rig);
        return result.ok ? write_json(result.value).value() : result.error.message;
    };
    EXPECT_EQ(run("true || nope"), "true");
    EXPECT_EQ(run("nope"), "no such name: nope");
    EXPECT_EQ(run("s + 1"), "no such overload: string + int");
    EXPECT_EQ(run("false && foo(1)"), "false");
    EXPECT_EQ(run("foo(1)"), "unknown function: foo");
}

TEST(ExprTypes, SlotsNameTheVariablesThatMayBeRead) {
    Rig rig;
    rig.json("a", "1").json("b.c", "2").json("d", "3");
    EXPECT_EQ(rig.compile("d + b.c + d").program->slots(), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_TRUE(rig.compile("1 + 2").program->constant());
    EXPECT_FALSE(rig.compile("a + 2").program->constant());
}
