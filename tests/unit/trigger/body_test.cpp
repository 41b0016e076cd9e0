#include "trigger/body.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/multipart.hpp"

namespace tappet::trigger {
namespace {

Body read(const char* type, std::string body) {
    return read_body(type ? std::optional<std::string_view>(type) : std::nullopt, body);
}
Body read(const std::string& type, std::string body) { return read(type.c_str(), std::move(body)); }
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

TEST(HookBody, OfJsonMayBeginWithAByteOrderMark) {
    const std::string mark = "\xef\xbb\xbf";
    for (const char* type : {"application/json", static_cast<const char*>(nullptr)}) {
        EXPECT_EQ(json_of(read(type, mark + R"({"a":1})")), R"({"a":1})");
        const auto body = read(type, mark + "{x");
        ASSERT_TRUE(body.problem);
        EXPECT_NE(body.problem->detail.find("at byte 4 "), std::string::npos) << body.problem->detail;
    }
    EXPECT_EQ(read("application/json", mark + mark + "1").problem->status, 400);
    EXPECT_EQ(json_of(read("text/plain", mark + "a")), "\"" + mark + "a\"") << "of a text it is kept";
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

TEST(HookBody, OfTextInAnotherCharsetIsRefusedByName) {
    for (const char* type : {"text/plain; charset=ISO-8859-1", "text/xml;charset=\"iso-8859-1\""}) {
        const auto body = read(type, "caf\xe9");
        ASSERT_TRUE(body.problem);
        EXPECT_EQ(body.problem->status, 415);
        EXPECT_EQ(body.problem->code, "unsupported-charset");
        EXPECT_NE(body.problem->detail.find("iso-8859-1"), std::string::npos) << body.problem->detail;
        EXPECT_EQ(json_of(read(type, "cafe")), "\"cafe\"") << "what is UTF-8 all the same is taken";
    }
    EXPECT_EQ(read("text/plain; charset=utf-16le", std::string("a\0b\0", 4)).problem->status, 415);
    EXPECT_EQ(read("text/plain; charset=utf-8", "\xe9").problem->status, 400);
    EXPECT_EQ(read("text/plain; charset=" + std::string(1000, 'x'), "\xe9").problem->status, 400);
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

TEST(HookBody, OfOtherPartsThanAFormIsA415) {
    EXPECT_EQ(read("multipart/mixed; boundary=x", "--x--").problem->status, 415);
}

constexpr const char* kParts =
    "before\r\n--b 1\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhello\r\n"
    "--b 1  \r\ncontent-disposition: form-data; name=file; filename=\"a \\\"b\\\".txt\"\r\n"
    "Content-Type: text/plain\r\n\r\n--b\r\n\r\n\r\n--b 1\r\n"
    "Content-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n"
    "--b 1\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\r\n--b 1--\r\nbehind";

TEST(HookBody, OfAFormInPartsIsAMapWithItsFilesAsBytes) {
    EXPECT_EQ(json_of(read("multipart/form-data; charset=utf-8; boundary=\"b 1\"", kParts)),
              R"({"text":["hello",""],"file":{"filename":"a \"b\".txt","contentType":"text/plain",)"
              R"("content":"LS1iDQoNCg=="},"json":{"a":1}})");
    EXPECT_EQ(json_of(read("multipart/form-data; boundary=x", "--x--")), "{}");
}

TEST(HookBody, OfAFormInPartsThatIsBrokenIsA400AndSaysWhere) {
    const auto why = [](const char* type, const std::string& body) {
        const Body out = read(type, body);
        EXPECT_TRUE(out.problem && out.problem->status == 400 && out.problem->code == "invalid-multipart")
            << body;
        return out.problem ? out.problem->detail : "";
    };
    const auto has = [&](const std::string& body, const std::string& part) {
        const std::string detail = why("multipart/form-data; boundary=x", body);
        EXPECT_NE(detail.find(part), std::string::npos) << detail;
    };
    EXPECT_NE(why("multipart/form-data", "--x--").find("boundary"), std::string::npos);
    EXPECT_NE(why("multipart/form-data; boundary=", "x").find("boundary"), std::string::npos);
    has("nothing", "no line --x");
    has("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1", "no end of part 1");
    has("--x\r\nContent-Disposition: form-data; name=a\r\n--x--", "no end of the header fields of part 1");
    has("--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", "with a name in part 1");
    has("--x\r\n\r\n1\r\n--x--", "with a name in part 1");
    has("--xy\r\n\r\n1\r\n--x--", "more than the boundary");
    has("--x\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/json\r\n\r\n{\r\n--x--", "JSON");
    has("--x\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--x--", "not UTF-8");
    has("--x\r\nA: " + std::string(kMaxPartHead, 'a') + "\r\n\r\n1\r\n--x--", "8192 bytes");
    std::string many;
    for (std::size_t i = 0; i <= kMaxParts; ++i)
        many += "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
    has(many + "--x--", "1000 parts");
}

http::Request packed(const std::string& coding, std::string body) {
    http::Request request;
    request.headers.add("content-encoding", coding);
    request.body = std::move(body);
    return request;
}

/// "hello", gzipped.
const std::string kGzip = *from_hex("1f8b0800000000000003cb48cdc9c9070086a6103605000000");

TEST(HookBody, ThatIsPackedIsUnpacked) {
    for (const char* coding : {"gzip", "X-GZIP"}) {
        http::Request request = packed(coding, kGzip);
        EXPECT_FALSE(undo_encoding(request, 5));
        EXPECT_EQ(request.body, "hello");
    }
    http::Request plain = packed("identity", "hello");
    EXPECT_FALSE(undo_encoding(plain, 1));
    EXPECT_EQ(plain.body, "hello");
}

TEST(HookBody, ThatUnpacksToMoreThanTheLimitOrIsBrokenIsRefused) {
    http::Request large = packed("gzip", kGzip);
    EXPECT_EQ(undo_encoding(large, 4)->status, 413);
    http::Request members = packed("gzip", kGzip + kGzip);
    EXPECT_FALSE(undo_encoding(members, 10));
    EXPECT_EQ(members.body, "hellohello");
    const std::string zlib("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);
    const std::string raw = zlib.substr(2, 7);
    for (const auto& [coding, bytes] :
         {std::pair("gzip", kGzip), std::pair("deflate", zlib), std::pair("deflate", raw)}) {
        http::Request whole = packed(coding, bytes);
        EXPECT_FALSE(undo_encoding(whole, 5)) << coding;
        for (const std::string& junk :
             {std::string("junk"), std::string(1, '\0'), std::string("\x1f\x8bjunk"), std::string("\x1f")}) {
            http::Request more = packed(coding, bytes + junk);
            const auto problem = undo_encoding(more, 100);
            ASSERT_TRUE(problem) << coding << " " << junk;
            EXPECT_EQ(problem->status, 400);
            EXPECT_EQ(problem->code, "invalid-encoding");
        }
    }
    http::Request cut = packed("gzip", kGzip.substr(0, kGzip.size() - 3));
    EXPECT_EQ(undo_encoding(cut, 100)->status, 400);
    http::Request other = packed("deflate", "no deflate");
    EXPECT_EQ(undo_encoding(other, 100)->status, 400);
    http::Request unknown = packed("br", "x");
    EXPECT_EQ(undo_encoding(unknown, 100)->status, 415);
}

}  // namespace
}  // namespace tappet::trigger
