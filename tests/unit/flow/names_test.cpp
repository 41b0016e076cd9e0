#include "flow/names.hpp"

#include <gtest/gtest.h>

namespace tappet::flow {
namespace {

TEST(CamelCase, JoinsWordsAndCapitalisesAllButTheFirst) {
    EXPECT_EQ(camel_case("Get Data from API"), "getDataFromApi");
    EXPECT_EQ(camel_case("Get Installed Locations"), "getInstalledLocations");
    EXPECT_EQ(camel_case("GitHub"), "github");
    EXPECT_EQ(camel_case("already"), "already");
    EXPECT_EQ(camel_case("UPPER CASE WORDS"), "upperCaseWords");
}

TEST(CamelCase, SplitsAtEveryCharacterThatIsNoAsciiLetterOrDigit) {
    EXPECT_EQ(camel_case("tell_the-trial, once!"), "tellTheTrialOnce");
    EXPECT_EQ(camel_case("a.b/c:d"), "aBCD");
    EXPECT_EQ(camel_case("  two   blanks  "), "twoBlanks");
    EXPECT_EQ(camel_case("caf\u00e9 au lait"), "cafAuLait");
    EXPECT_EQ(camel_case("na\u00efve plan"), "naVePlan");
}

TEST(CamelCase, KeepsDigitsWhereTheyStand) {
    EXPECT_EQ(camel_case("step 2 of 3"), "step2Of3");
    EXPECT_EQ(camel_case("2 fast"), "2Fast");
    EXPECT_EQ(camel_case("v2api call"), "v2apiCall");
}

TEST(CamelCase, GivesNothingWhereNoAsciiLetterOrDigitIs) {
    EXPECT_EQ(camel_case("\u65e5\u672c\u8a9e"), "");
    EXPECT_EQ(camel_case("!?"), "");
    EXPECT_EQ(camel_case(""), "");
}

TEST(Identifiers, AreAsciiWordsThatDoNotBeginWithADigit) {
    for (const char* fit : {"a", "_", "A9_z", "_1"}) EXPECT_TRUE(is_identifier(fit)) << fit;
    for (const char* unfit : {"", "1a", "a-b", "a b", "\u00e9", "a."})
        EXPECT_FALSE(is_identifier(unfit)) << unfit;
}

TEST(Ids, MayNotBeWordsOfTheExpressionLanguage) {
    for (const char* word :
         {"true",       "false",     "null",      "in",       "as",         "break",   "const",
          "continue",   "else",      "for",       "function", "if",         "import",  "let",
          "loop",       "package",   "namespace", "return",   "var",        "void",    "while",
          "size",       "has",       "all",       "exists",   "exists_one", "map",     "filter",
          "int",        "uint",      "double",    "bool",     "string",     "bytes",   "list",
          "type",       "null_type", "timestamp", "duration", "dyn",        "matches", "contains",
          "startsWith", "endsWith",  "math",      "optional"})
        EXPECT_NE(unfit_id(word), "") << word;
}

TEST(Ids, MayNotBeNamesThatExpressionsAlreadyHave) {
    for (const char* word :
         {"trigger", "stepResults", "configVars", "run", "flow", "error", "secrets", "connection", "item"})
        EXPECT_EQ(unfit_id(word), "is a name that expressions already have") << word;
}

TEST(Ids, MayBeAnyOtherIdentifier) {
    for (const char* word : {"getToken", "_a", "Trigger", "errors", "runs", "secret", "Loop", "step_1"})
        EXPECT_EQ(unfit_id(word), "") << word;
}

TEST(FlowNames, HaveLowerCaseLettersDigitsAndHyphensInside) {
    for (const char* fit : {"a", "onboard-location", "v2", "2024-plan", "a--b"})
        EXPECT_TRUE(is_flow_name(fit)) << fit;
    for (const char* unfit : {"", "-a", "a-", "A", "a_b", "a b", "a/b", "@a", "caf\u00e9"})
        EXPECT_FALSE(is_flow_name(unfit)) << unfit;
}

}  // namespace
}  // namespace tappet::flow
