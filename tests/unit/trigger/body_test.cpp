#include "trigger/body.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"

namespace tappet::trigger {
namespace {

Body read(const char* type, std::string body) {
    http::Request request;
    request.body = std::move(body);
    if (type) request.headers.add("content-type", type);
    return read_body(request);
}
std::string json_of(const Body& body) {
    EXPECT_FALSE(body.problem) << (body.problem ? body.problem->detail : "");
    std::string text;
    append_json(text, body.value);
    return text;
}

TEST(HookBody, IsJsonWhereItIsSaidToBe) {
    for (const char* type : {"application/json", "Application/JSON; charset=utf-8",
                             "application/vnd.api+json", "text/json", " application/json "})
        EXPECT_EQ(json_of(read(type, R"( {"a": [1, 2.0]} )")), R"({"a":[1,2.0]})") << type;
}

TEST(HookBody, OfJsonMayBeAnyValueAndTheLastOfEqualKeysCounts) {
    EXPECT_EQ(json_of(read("application/json", "[1]")), "[1]");
    EXPECT_EQ(json_of(read("application/json", "null")), "null");
    EXPECT_EQ(json_of(read("application/json", R"({"a":1,"a":2})")), R"({"a":2})");
}

TEST(HookBody, ThatIsNoJsonIsA400WithByteAndLine) {
    const auto body = read("application/json", "{\n  \"a\": x}");
    ASSERT_TRUE(body.problem);
    EXPECT_EQ(body.problem->status, 400);
    EXPECT_EQ(body.problem->code, "invalid-json");
    EXPECT_NE(body.problem->detail.find("at byte 9 (line 2, column 8)"), std::string::npos)
        << body.problem->detail;
}

TEST(HookBody, NestedTooDeeplyIsA400) {
    EXPECT_EQ(read("application/json", std::string(100'000, '[')).problem->status, 400);
}

TEST(HookBody, OfAFormIsAMapWithListsForRepeatedNames) {
    EXPECT_EQ(json_of(read("application/x-www-form-urlencoded", "a=1&b=x+y%20z&a=2&c&=e&&a=3")),
              R"({"a":["1","2","3"],"b":"x y z","c":"","":"e"})");
    EXPECT_EQ(read("application/x-www-form-urlencoded", "a=%zz").problem->status, 400);
    EXPECT_EQ(read("application/x-www-form-urlencoded", "a=%ff").problem->status, 400);
}

TEST(HookBody, OfAFormHasAtMostTenThousandFields) {
    std::string text;
    for (std::size_t i = 0; i < kMaxFormFields; ++i) text += "&a=&";
    const auto body = read("application/x-www-form-urlencoded", text);
    ASSERT_FALSE(body.problem);
    EXPECT_EQ(body.value.find("a")->size(), 10'000u);
    const auto over = read("application/x-www-form-urlencoded", text + "b");
    ASSERT_TRUE(over.problem);
    EXPECT_EQ(over.problem->status, 400);
    EXPECT_NE(over.problem->detail.find("more than 10000 fields"), std::string::npos) << over.problem->detail;
}

TEST(HookBody, OfTextAndXmlIsAString) {
    for (const char* type :
         {"text/plain", "text/xml; charset=utf-8", "application/xml", "application/soap+xml"})
        EXPECT_EQ(json_of(read(type, "<a/>")), "\"<a/>\"") << type;
    EXPECT_EQ(read("text/plain", "\xff").problem->code, "invalid-text");
}

TEST(HookBody, OfAnythingElseIsBytes) {
    const auto body = read("application/pdf", std::string("\0\xff", 2));
    EXPECT_TRUE(body.value.is(Kind::bytes));
    EXPECT_EQ(body.value.size(), 2u);
}

TEST(HookBody, WithoutATypeIsReadByItsLooks) {
    EXPECT_EQ(json_of(read(nullptr, " \n{\"a\":1}")), R"({"a":1})");
    EXPECT_EQ(json_of(read(nullptr, "[1]")), "[1]");
    EXPECT_EQ(json_of(read(nullptr, "hello")), "\"hello\"");
    EXPECT_TRUE(read(nullptr, "\xff\xfe").value.is(Kind::bytes));
    EXPECT_EQ(read(nullptr, "{oops").problem->status, 400);
}

TEST(HookBody, ThatIsEmptyIsNullWhateverItIsSaidToBe) {
    for (const char* type : {"application/json", "text/plain", "application/pdf"})
        EXPECT_EQ(json_of(read(type, "")), "null") << type;
}

TEST(HookBody, ThatIsCodedOrInPartsIsA415) {
    EXPECT_EQ(read("multipart/form-data; boundary=x", "--x--").problem->status, 415);
    http::Request request;
    request.body = "x";
    request.headers.add("content-encoding", "gzip");
    EXPECT_EQ(read_body(request).problem->status, 415);
    request.headers.set("content-encoding", "identity");
    EXPECT_FALSE(read_body(request).problem);
}

}  // namespace
}  // namespace tappet::trigger
