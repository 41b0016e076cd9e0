#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

using namespace tappet;
using namespace std::string_literals;

TEST(Hex, WritesLowerCaseAndReadsEither) {
    EXPECT_EQ(to_hex("\x00\x7f\x80\xff"s), "007f80ff");
    EXPECT_EQ(from_hex("007F80fF"), "\x00\x7f\x80\xff"s);
    EXPECT_EQ(to_hex(""), "");
    EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
    for (const char* text : {"0", "123", "0g", "g0", "0x12", " 12", "1 2", "\xc3\xa9"})
        EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Base64, WritesTheVectorsOfRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
        EXPECT_EQ(from_base64(text.substr(0, text.find('='))), bytes) << "without padding";
    }
}

TEST(Base64, ReadsBackEveryByte) {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    for (std::size_t length = 250; length <= all.size(); ++length)
        EXPECT_EQ(from_base64(to_base64(all.substr(0, length))), all.substr(0, length));
}

TEST(Base64, RefusesBadPaddingLengthsAndCharacters) {
    for (const char* text : {"Z", "Zg=", "Zg===", "=", "==", "====", "Zm9v=", "Zm9v==", "Z===", "Zm9vY",
                             "Zm 9v", "Zm9v\n", "Zg==Zg==", "-_8=", "Zm9\xc3"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, RefusesBitsBehindTheEnd) {
    // Two texts for the same bytes would let a signature be written in two ways.
    EXPECT_FALSE(from_base64("Zh=="));
    EXPECT_FALSE(from_base64("Zm9="));
    EXPECT_FALSE(from_base64("Zh"));
}

TEST(Base64Url, UsesItsOwnAlphabetAndNoPadding) {
    EXPECT_EQ(to_base64url("\xfb\xff\xfe"s), "-__-");
    EXPECT_EQ(to_base64url("f"), "Zg");
    EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe"s);
    for (const char* text : {"Zg==", "Zh", "+//+", "Z", "Zg\n"}) EXPECT_FALSE(from_base64url(text)) << text;
    EXPECT_EQ(to_base64("\xfb\xff\xfe"s), "+//+");
}

TEST(PercentDecode, ReadsEscapesAndLeavesTheRest) {
    EXPECT_EQ(percent_decode("a%20b%2Fc%2f"), "a b/c/");
    EXPECT_EQ(percent_decode("%00"), "\0"s);
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode("a+b%2B", true), "a b+");
    EXPECT_EQ(percent_decode("%2541"), "%41") << "an escape is read once";
}

TEST(PercentDecode, RefusesMalformedEscapes) {
    for (const char* text : {"%", "%4", "a%", "a%4", "%zz", "%4z", "%z4", "%%41", "% 41"})
        EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(PercentEncode, KeepsOnlyUnreservedCharacters) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode(" +/?&=%\xc3\xa9\x7f"), "%20%2B%2F%3F%26%3D%25%C3%A9%7F");
    for (int i = 0; i < 256; ++i) {
        const std::string one(1, static_cast<char>(i));
        EXPECT_EQ(percent_decode(percent_encode(one)), one);
    }
}

TEST(Utf8, AcceptsWhatRfc3629Allows) {
    for (const auto& text :
         {""s, "plain"s, "\0"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
          "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s})
        EXPECT_EQ(find_invalid_utf8(text), std::string::npos) << to_hex(text);
}

TEST(Utf8, NamesTheFirstByteThatIsWrong) {
    const std::array<std::string, 13> wrong = {"\x80"s,
                                               "\xc0\x80"s,
                                               "\xc1\xbf"s,
                                               "\xe0\x9f\xbf"s,
                                               "\xed\xa0\x80"s,
                                               "\xed\xbf\xbf"s,
                                               "\xf0\x8f\xbf\xbf"s,
                                               "\xf4\x90\x80\x80"s,
                                               "\xf5\x80\x80\x80"s,
                                               "\xff"s,
                                               "\xe2\x82"s,
                                               "\xf0\x9f\x98"s,
                                               "\xc3("s};
    for (const auto& bytes : wrong) {
        EXPECT_EQ(find_invalid_utf8(bytes), 0u) << to_hex(bytes);
        EXPECT_EQ(find_invalid_utf8("ok\xc3\xa9" + bytes), 4u) << to_hex(bytes);
        EXPECT_EQ(find_invalid_utf8("ok" + bytes + "more"), 2u) << to_hex(bytes);
    }
}

TEST(Utf8, PutsAReplacementInThePlaceOfEachByteThatIsWrong) {
    const auto made = [](std::string text) {
        make_utf8(text);
        return text;
    };
    EXPECT_EQ(made(""), "");
    EXPECT_EQ(made("Jürgen"), "Jürgen");
    EXPECT_EQ(made("J\xfcrgen"), "J\uFFFDrgen");
    EXPECT_EQ(made("\x80\xe2\x82"), "\uFFFD\uFFFD\uFFFD");
}

TEST(Utf8, CountsCodePointsNotBytes) {
    EXPECT_EQ(count_code_points(""), 0u);
    EXPECT_EQ(count_code_points("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 4u);
}

TEST(EqualConstantTime, IsEqualForEqualBytesOnly) {
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_TRUE(equal_constant_time("secret", "secret"));
    EXPECT_TRUE(equal_constant_time("a\0b"s, "a\0b"s));
    EXPECT_FALSE(equal_constant_time("a\0b"s, "a\0c"s));
    EXPECT_FALSE(equal_constant_time("secret", "Secret"));
    EXPECT_FALSE(equal_constant_time("secret", "secreT"));
}

TEST(EqualConstantTime, IsFalseForAnotherLengthInEitherOrder) {
    const std::vector<std::pair<std::string, std::string>> pairs = {
        {"", "a"}, {"a", "aa"}, {"ab", "abab"}, {"secret", "secre"}, {"\0"s, ""}, {"a", "a\0"s}};
    for (const auto& [a, b] : pairs) {
        EXPECT_FALSE(equal_constant_time(a, b)) << a << " " << b;
        EXPECT_FALSE(equal_constant_time(b, a)) << b << " " << a;
    }
}

TEST(Shorten, CutsBetweenCharactersAndSaysSo) {
    const auto cut = [](std::string text, std::size_t most) {
        shorten(text, most);
        return text;
    };
    EXPECT_EQ(cut("hello", 5), "hello");
    EXPECT_EQ(cut("hello!", 5), "he…");
    EXPECT_EQ(cut("äöü", 5), "ä…");
    EXPECT_EQ(cut("aäöü", 5), "a…") << "not within ä";
}
