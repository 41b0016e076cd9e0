// Readers of texts, and the actions that need nothing from outside.
#include <gtest/gtest.h>

#include "duration.hpp"
#include "path.hpp"
#include "retry_after.hpp"
#include "support/duration_table.hpp"
#include "support/plugin_rig.hpp"

namespace {

using tappet::Value;
using tappet::flow::ErrorClass;
using tappet::testing::json;
using tappet::testing::PluginRig;
using tappet::testing::text;

/// A path as it was understood: keys behind dots, indexes in brackets; "-" for one that is malformed.
std::string read_path(std::string_view given) {
    const auto path = core::parse_path(given);
    if (!path) return "-";
    std::string out;
    for (const core::PathPart& part : *path)
        out += part.index ? "[" + std::to_string(*part.index) + "]" : "." + part.key;
    return out;
}

TEST(CorePath, ReadsKeysAndIndexes) {
    EXPECT_EQ(read_path("a"), ".a");
    EXPECT_EQ(read_path("a.b[0].c"), ".a.b[0].c");
    EXPECT_EQ(read_path("a[0][12]"), ".a[0][12]");
    EXPECT_EQ(read_path("[3].a"), "[3].a");
    EXPECT_EQ(read_path("$id.x-y.ä ö"), ".$id.x-y.ä ö");
}

TEST(CorePath, ReadsQuotedKeysWhateverTheyHold) {
    EXPECT_EQ(read_path(R"(a["b.c[0]"].d)"), ".a.b.c[0].d");
    EXPECT_EQ(read_path("a['it]s']"), ".a.it]s");
}

TEST(CorePath, RefusesWhatIsMalformed) {
    for (const char* given : {"", ".", ".a", "a.", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a[0", "a[0]b",
                              "a[1.5]", "a[\"b]", "a[\"b\"", "a[\"b\"x]", "a[1234567890]"})
        EXPECT_EQ(read_path(given), "-") << given;
}

TEST(CoreDuration, IsReadAsTheLanguageWritesIt) {
    for (const auto& known : tappet::testing::kDurations)
        EXPECT_EQ(core::parse_duration_ms(known.text), known.ms) << known.text;
}

constexpr std::int64_t kNow = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(CoreRetryAfter, ReadsSeconds) {
    EXPECT_EQ(core::parse_retry_after("0", kNow), 0);
    EXPECT_EQ(core::parse_retry_after("120", kNow), 120'000);
    EXPECT_EQ(core::parse_retry_after(" 7\t", kNow), 7'000);
    EXPECT_EQ(core::parse_retry_after("999999999999999999", kNow), 366LL * 24 * 3600 * 1000)
        << "at most a year";
}

TEST(CoreRetryAfter, ReadsTheThreeFormsOfADate) {
    EXPECT_EQ(core::parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", kNow), 30'000);
    EXPECT_EQ(core::parse_retry_after("Sunday, 06-Nov-94 08:50:07 GMT", kNow), 30'000);
    EXPECT_EQ(core::parse_retry_after("Sun Nov  6 08:50:07 1994", kNow), 30'000);
    EXPECT_EQ(core::parse_retry_after("Tue, 29 Feb 2000 00:00:00 GMT", 951'782'399'000), 1'000);
}

TEST(CoreRetryAfter, ADateThatIsPastMeansNoWait) {
    EXPECT_EQ(core::parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", kNow), 0);
    EXPECT_EQ(core::parse_retry_after("Sunday, 06-Nov-93 08:49:37 GMT", kNow), 0);
}

TEST(CoreRetryAfter, ReadsNothingFromWhatIsMalformed) {
    for (const char* given :
         {"", "-1", "+1", "1.5", "1s", "soon", "9999999999999999999", "Sun, 06 Nov 1994 08:49:37 CET",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nom 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", "06 Nov 1994",
          "1994-11-06T08:49:37Z"})
        EXPECT_FALSE(core::parse_retry_after(given, kNow)) << given;
}

struct CoreActions : ::testing::Test {
    PluginRig rig{TAPPET_CORE_FOLDER};
    std::string refusal(const char* action, const char* input) {
        const auto error = rig.error(action, json(input)).error;
        EXPECT_EQ(error.error_class, ErrorClass::validation);
        return error.message;
    }
};

TEST_F(CoreActions, AreWhatTheProductNames) {
    ASSERT_EQ(rig.host->plugins().size(), 1u);
    EXPECT_EQ(rig.host->plugins()[0].problem, "");
    EXPECT_EQ(rig.host->action_names(), (std::vector<std::string>{"core/http", "core/log", "core/map"}));
    EXPECT_TRUE(rig.host->action("core/log")->pure);
    EXPECT_TRUE(rig.host->action("core/map")->pure);
    EXPECT_FALSE(rig.host->action("core/http")->pure);
}

TEST_F(CoreActions, LogWritesALineAndYieldsIt) {
    EXPECT_EQ(text(rig.result("core/log", json(R"({"message":"hello"})"))),
              R"({"level":"info","message":"hello"})");
    rig.result("core/log", json(R"({"level":"error","message":{"a":[1,"x"]}})"));
    rig.result("core/log", Value::object({{"message", Value::string("abc123").as_secret()}}));
    ASSERT_EQ(rig.lines.size(), 3u);
    EXPECT_EQ(rig.lines[0].level, 2);
    EXPECT_EQ(rig.lines[0].message, "hello");
    EXPECT_EQ(rig.lines[1].level, 4);
    EXPECT_EQ(rig.lines[1].message, R"({"a":[1,"x"]})");
    EXPECT_EQ(rig.lines[2].message, "••••");
}

TEST_F(CoreActions, MapYieldsAValueAsBuilt) {
    EXPECT_EQ(text(rig.result("core/map", json(R"({"value":{"a":[1,1.0,null]}})"))), R"({"a":[1,1.0,null]})");
    EXPECT_EQ(text(rig.result("core/map", json(R"({"value":null})"))), "null");
}

TEST_F(CoreActions, MapBuildsFieldsFromPaths) {
    EXPECT_EQ(text(rig.result("core/map", json(R"({"source":{"a":{"b":[{"c":7}]},"n":null},"fields":[
                  {"from":"a.b[0].c","to":"x.y"},{"from":"a.b","to":"x.z"},{"from":"n","to":"n"}]})"))),
              R"({"x":{"y":7,"z":[{"c":7}]},"n":null})");
}

TEST_F(CoreActions, MapDoesWithAMissingFieldWhatTheFlowSays) {
    EXPECT_EQ(text(rig.result("core/map", json(R"({"source":{"n":null},"fields":[
                  {"from":"a","to":"skipped","onMissing":"skip"},{"from":"a","to":"text","onMissing":"null"},
                  {"from":"a","to":"null","onMissing":null},{"from":"n.a","to":"behind","onMissing":"skip"},
                  {"from":"a","to":"default","onMissing":"default","default":5}]})"))),
              R"({"text":null,"null":null,"default":5})");
    EXPECT_EQ(refusal("core/map", R"({"source":{},"fields":[{"from":"a.b","to":"x"}]})"),
              "fields[0]: the source has no \"a.b\"");
    EXPECT_EQ(refusal("core/map", R"({"source":{},"fields":[{"from":"a","to":"x","onMissing":"default"}]})"),
              "fields[0]: onMissing is default, but there is no default");
}

TEST_F(CoreActions, MapRefusesFieldsThatStandInEachOthersWay) {
    const char* const through =
        R"({"source":{"a":1},"fields":[{"from":"a","to":"x"},{"from":"a","to":"x.y"}]})";
    EXPECT_NE(refusal("core/map", through).find("fields[1]"), std::string::npos);
    const char* const over = R"({"source":{"a":1},"fields":[{"from":"a","to":"x.y"},{"from":"a","to":"x"}]})";
    EXPECT_NE(refusal("core/map", over).find("fields[1]"), std::string::npos);
    EXPECT_NE(
        refusal("core/map", R"({"source":{"a":1},"fields":[{"from":"a","to":"x[0]"}]})").find("not indexes"),
        std::string::npos);
    EXPECT_NE(
        refusal("core/map", R"({"source":{"a":1},"fields":[{"from":"a..b","to":"x"}]})").find("no path"),
        std::string::npos);
    EXPECT_NE(refusal("core/map", R"({"value":1,"source":{}})").find("not both"), std::string::npos);
    EXPECT_NE(refusal("core/map", "{}").find("give value"), std::string::npos);
}

}  // namespace
