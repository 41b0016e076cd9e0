#include "plugin/builder.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

std::string text(const Value* value) {
    std::string out;
    if (value) append_json(out, *value);
    return value ? out : "nothing";
}

TEST(Builder, BuildsNestedListsAndMapsInOrder) {
    Builder b;
    b.begin(true);
    b.key("b");
    b.begin(false);
    b.put(Value::integer(1));
    b.string("two");
    b.end();
    b.key("a");
    b.put(Value::null());
    b.end();
    EXPECT_EQ(text(b.finished()), R"({"b":[1,"two"],"a":null})");
}

TEST(Builder, IsNewAgainAfterItsValueIsTaken) {
    Builder b;
    b.string("one");
    EXPECT_TRUE(b.take());
    EXPECT_EQ(b.finished(), nullptr);
    b.string("two");
    EXPECT_EQ(text(b.finished()), R"("two")");
}

TEST(Builder, KeepsTheFirstMistake) {
    Builder b;
    b.begin(true);
    b.put(Value::integer(1));
    b.end();
    b.end();
    EXPECT_EQ(b.finished(), nullptr);
    EXPECT_EQ(b.problem(), "a value in a map without its key");
}

TEST(Builder, RefusesWhatIsNotUtf8AndSaysWhatToDo) {
    Builder b;
    b.string("\xff");
    EXPECT_EQ(b.problem(), "a string that is not UTF-8: put it as bytes");
}

TEST(Builder, RefusesNestingBeyondTheBound) {
    Builder b;
    for (std::size_t i = 0; i < Builder::kDepth; ++i) b.begin(false);
    EXPECT_EQ(b.problem(), "a list or map is not ended");
    b.begin(false);
    EXPECT_EQ(b.problem(), "nesting deeper than 128");
}

TEST(Builder, PutsNothingForMalformedJson) {
    Builder b;
    EXPECT_FALSE(b.json("{\"a\":"));
    EXPECT_EQ(b.problem(), "nothing was put");
    EXPECT_TRUE(b.json("{\"a\":1}"));
    EXPECT_EQ(text(b.finished()), R"({"a":1})");
}

TEST(Builder, MarksTheLastValueAsSecret) {
    Builder b;
    b.begin(true);
    b.key("token");
    b.string("abcdef");
    b.mark_secret();
    b.end();
    EXPECT_TRUE(b.finished()->find("token")->secret());
    EXPECT_TRUE(b.finished()->holds_secret());
}

TEST(Builder, SharesTheEntriesOfAnotherMap) {
    const Value base = Value::object({{"a", Value::integer(1)}});
    Builder b;
    b.begin(true);
    b.entries(base);
    b.key("a");
    b.put(Value::integer(2));
    b.end();
    EXPECT_EQ(text(b.finished()), R"({"a":2})");
}

TEST(ValueTable, ShowsAnOptionalAsWhatItHolds) {
    const tappet_values& t = value_table();
    const Value some = Value::some(Value::string("x")), none = Value::none();
    EXPECT_EQ(t.kind(to_handle(&some)), static_cast<uint32_t>(TAPPET_STRING));
    EXPECT_EQ(t.kind(to_handle(&none)), static_cast<uint32_t>(TAPPET_NULL));
}

TEST(ValueTable, AnswersNothingForAnotherKind) {
    const tappet_values& t = value_table();
    const Value text = Value::string("x");
    EXPECT_EQ(t.as_int(to_handle(&text)), 0);
    EXPECT_EQ(t.item(to_handle(&text), 0), nullptr);
    EXPECT_EQ(t.find(to_handle(&text), as_text("a")), nullptr);
    EXPECT_EQ(t.value_at(to_handle(&text), 0), nullptr);
}

}  // namespace
}  // namespace tappet::plugin
