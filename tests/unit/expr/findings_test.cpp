#include "rig.hpp"

using namespace tappet;
using namespace tappet::expr;
using namespace tappet::expr::test;

namespace {

using K = Type::Kind;

Rig typed() {
    Rig rig;
    const Type body = object({{"companyId", Type::of(K::string)},
                              {"count", Type::of(K::integer)},
                              {"tags", Type::list(Type::of(K::string))},
                              {"price", Type::of(K::number)}},
                             true, "trigger.body");
    rig.json("trigger.body", R"({"companyId":"c1","count":2,"tags":["a"],"price":1.5})", body);
    rig.json("trigger.id", R"("t1")", Type::of(K::string));
    rig.json("configVars", R"({"SaaS V2":true})",
             object({{"SaaS V2", Type::of(K::boolean)}}, true, "configVars"));
    return rig;
}

}  // namespace

TEST(ExprFindings, AnUnknownFieldIsMarkedAndTheNearestOneSuggested) {
    EXPECT_EQ(typed().findings("trigger.body.companyID == 'x'"),
              "13-22 no-such-field trigger.body has no field \"companyID\" (companyId)");
    EXPECT_EQ(typed().findings("configVars['SaaS V3']"),
              "11-20 no-such-field configVars has no field \"SaaS V3\" (SaaS V2)");
}

TEST(ExprFindings, AnUnknownNameIsMarkedWhereItStopsBeingKnown) {
    EXPECT_EQ(typed().findings("triger.body"), "0-6 unknown-name unknown name \"triger\" (trigger)");
    EXPECT_EQ(typed().findings("trigger.bdy.x"), "8-11 unknown-name unknown name \"trigger.bdy\" (body)");
    EXPECT_EQ(typed().findings("size(trigger)"),
              "5-12 unknown-name \"trigger\" is no value by itself; name a part of it");
    EXPECT_EQ(typed().findings("size"), "0-4 unknown-name \"size\" is a function; call it");
}

TEST(ExprFindings, PositionsAreCodePoints) {
    EXPECT_EQ(typed().findings("'äöü😀' == nope"), "10-14 unknown-name unknown name \"nope\"");
    EXPECT_EQ(typed().findings("/* no */ 1").substr(0, 11), "0-1 syntax ");
}

TEST(ExprFindings, AllOfThemAreSaidAtOnce) {
    EXPECT_EQ(typed().findings("trigger.body.cuont > 1 && nope.x || trigger.id.foo()"),
              "13-18 no-such-field trigger.body has no field \"cuont\" (count)\n"
              "26-30 unknown-name unknown name \"nope\"\n"
              "47-50 unknown-function unknown function \"foo\"");
}

TEST(ExprFindings, AFunctionIsSuggestedByItsName) {
    EXPECT_EQ(typed().findings("trigger.id.startWith('t')"),
              "11-20 unknown-function unknown function \"startWith\" (startsWith)");
    EXPECT_EQ(typed().findings("trigger.id.string()"),
              "11-17 unknown-function string() is no function of a value; write string(value)");
    EXPECT_EQ(typed().findings("contains(trigger.id, 't')").substr(0, 21), "0-8 unknown-function ");
    EXPECT_EQ(typed().findings("math.leest(1, 2)"),
              "0-10 unknown-function unknown function \"math.leest\" (math.least)");
}

TEST(ExprFindings, AWrongNumberOfArgumentsSaysWhatIsRight) {
    EXPECT_EQ(typed().findings("trigger.id.substring()"),
              "11-20 wrong-arguments substring() takes 1 or 2 arguments, not 0");
    EXPECT_EQ(typed().findings("size(1, 2)"), "0-4 wrong-arguments size() takes 1 argument, not 2");
    EXPECT_EQ(typed().findings("math.least()"),
              "0-10 wrong-arguments math.least() takes 1 or more arguments, not 0");
}

TEST(ExprFindings, AWrongArgumentIsMarkedItself) {
    EXPECT_EQ(typed().findings("trigger.id.contains(5)"),
              "20-21 no-overload contains() takes string, not int");
    EXPECT_EQ(typed().findings("trigger.body.count.contains('5')"),
              "19-27 no-overload contains() is a function of string, not int");
    EXPECT_EQ(typed().findings("trigger.id + trigger.body.count"),
              "11-12 no-overload no operator \"+\" for string and int; convert with string()");
    EXPECT_EQ(typed().findings("trigger.id ? 1 : 2"),
              "0-10 no-overload the condition of \"?\" must be a bool, not string");
    EXPECT_EQ(typed().findings("trigger.id == trigger.body.count"),
              "11-13 no-overload no operator \"==\" for string and int: they are never equal");
}

TEST(ExprFindings, ABadPatternIsFoundBeforeItIsUsed) {
    EXPECT_EQ(typed().findings("trigger.id.matches('(')").substr(0, 23), "19-22 bad-pattern the p");
}

TEST(ExprFindings, WhatLooksLikeAnotherLanguageIsTranslated) {
    EXPECT_EQ(typed().findings("trigger.id = 'x'"),
              "11-12 syntax \"=\" is no operator; equality is \"==\" (==)");
    EXPECT_EQ(typed().findings("true and false"), "5-8 syntax \"and\" is written \"&&\" (&&)");
    EXPECT_EQ(typed().findings("true & false"), "5-6 syntax \"&\" is no operator; logic is \"&&\" (&&)");
    EXPECT_EQ(typed().findings("while"), "0-5 syntax \"while\" is a reserved word of CEL");
}

TEST(ExprFindings, TheEndIsMarkedWhenSomethingIsMissing) {
    EXPECT_EQ(typed().findings("1 +"), "3-4 syntax the expression ends where a value is expected");
    EXPECT_EQ(typed().findings(""), "0-1 syntax the expression ends where a value is expected");
    EXPECT_EQ(typed().findings("'abc"), "0-4 syntax a string without its closing quote");
}

TEST(ExprFindings, ADeniedNameSaysWhyAndAQuestionableOneWarns) {
    Env env;
    Env::Variable denied;
    denied.name = "secrets.KEY";
    denied.denied = "secrets may be used in verify and with only";
    env.declare(denied);
    Env::Variable odd;
    odd.name = "secrets.NEW";
    odd.warning = "the secret NEW is not set";
    env.declare(odd);
    const Compiled no = compile("'x' + secrets.KEY", env);
    ASSERT_EQ(no.findings.size(), 1u);
    EXPECT_FALSE(no.program);
    EXPECT_EQ(no.findings[0].code, "not-allowed");
    EXPECT_EQ(no.findings[0].begin, 6u);
    EXPECT_EQ(no.findings[0].end, 17u);
    const Compiled yes = compile("secrets.NEW", env);
    ASSERT_EQ(yes.findings.size(), 1u);
    EXPECT_TRUE(yes.program);
    EXPECT_EQ(yes.findings[0].severity, Finding::Severity::warning);
}

TEST(ExprFindings, AFieldThatOnlySomeHaveWarnsUnlessItIsGuarded) {
    Type::ObjectSpec spec;
    spec.fields["both"].type = Type::of(K::string);
    spec.fields["one"].type = Type::of(K::string);
    spec.fields["one"].only_some = "only trigger `installed` has it";
    Rig rig;
    rig.json("body", R"({"both":"b"})", Type::object(spec));
    const std::string warning = "warning 5-8 only-some only trigger `installed` has it";
    EXPECT_EQ(rig.findings("body.one"), warning);
    EXPECT_EQ(rig.findings("body.both"), "");
    EXPECT_EQ(rig.findings("has(body.one)"), "");
    EXPECT_EQ(rig.findings("has(body.one) && body.one == 'x'"), "");
    EXPECT_EQ(rig.findings("has(body.one) ? body.one : ''"), "");
    EXPECT_EQ(rig.findings("!has(body.one) || body.one == 'x'"), "");
    EXPECT_EQ(rig.findings("'one' in body && body['one'] == 'x'"), "");
    EXPECT_EQ(rig.findings("body.?one.orValue('')"), "");
    EXPECT_EQ(rig.findings("has(body.one) || body.one == 'x'"),
              "warning 22-25 only-some only trigger `installed` has it");
    EXPECT_EQ(rig.findings("has(body.one) ? '' : body.one"),
              "warning 26-29 only-some only trigger `installed` has it");
}

TEST(ExprFindings, AConstantPartThatAlwaysFailsIsAWarning) {
    EXPECT_EQ(typed().findings("trigger.body.count + 1 / 0"),
              "warning 23-24 always-fails this always fails: division by zero");
    EXPECT_EQ(typed().findings("true || 1 / 0 > 0"), "");
}
