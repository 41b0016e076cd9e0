#include "base/log.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"

using namespace tappet;

namespace {

/// What one call writes to standard error, without the time at its front.
std::string logged(log::Format format, std::string_view message) {
    testing::internal::CaptureStderr();
    log::configure(log::Level::info, format);
    log::write(log::Level::warn, message);
    log::flush();
    return testing::internal::GetCapturedStderr();
}

}  // namespace

TEST(Log, WritesOneLineWithTimeAndLevel) {
    const std::string line = logged(log::Format::text, "hello");
    EXPECT_EQ(line.substr(4, 1), "-");
    EXPECT_NE(line.find("Z warn"), std::string::npos) << line;
    EXPECT_TRUE(line.ends_with(" hello\n")) << line;
}

TEST(Log, TextFromOutsideCannotForgeALine) {
    const std::string line = logged(log::Format::text, "a\nb\r\x1b[2Jc\td\x7f");
    EXPECT_TRUE(line.ends_with(R"(a\nb\u000d\u001b[2Jc\td\u007f)"
                               "\n"))
        << line;
}

TEST(Log, ALineOfJsonStaysJson) {
    const std::string line = logged(log::Format::json, "say \"hi\" \\ \n");
    EXPECT_TRUE(line.starts_with(R"({"time":")")) << line;
    EXPECT_TRUE(line.ends_with(R"("message":"say \"hi\" \\ \n"})"
                               "\n"))
        << line;
}

TEST(Log, PercentSignsAndBracesAreText) {
    const std::string line = logged(log::Format::text, "100%v {} {0} %l");
    EXPECT_TRUE(line.ends_with("100%v {} {0} %l\n")) << line;
}

TEST(Log, WritesNothingBelowItsLevel) {
    testing::internal::CaptureStderr();
    log::configure(log::Level::warn, log::Format::text);
    log::info("not {}", "this");
    log::warn("but {}", "that");
    log::flush();
    const std::string out = testing::internal::GetCapturedStderr();
    EXPECT_EQ(out.find("this"), std::string::npos);
    EXPECT_NE(out.find("but that"), std::string::npos);
    EXPECT_FALSE(log::enabled(log::Level::info));
}

TEST(Log, OffIsSilent) {
    testing::internal::CaptureStderr();
    log::configure(log::Level::off, log::Format::text);
    log::error("nothing");
    log::write(log::Level::off, "nothing");
    log::flush();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Result, AskingAnErrorForItsValueThrowsTheError) {
    const Result<int> good = 5;
    EXPECT_EQ(good.value(), 5);
    const Result<int> bad = Error::conflict("taken");
    EXPECT_FALSE(bad);
    try {
        (void)bad.value();
        FAIL() << "did not throw";
    } catch (const BadResultAccess& e) {
        EXPECT_EQ(e.error.code, ErrorCode::conflict);
        EXPECT_STREQ(e.what(), "taken");
    }
}

TEST(ErrorCode, HasANameForEach) {
    EXPECT_EQ(to_string(Error::invalid("").code), "invalid");
    EXPECT_EQ(to_string(Error::not_found("").code), "not_found");
    EXPECT_EQ(to_string(Error::conflict("").code), "conflict");
    EXPECT_EQ(to_string(Error::unauthorized("").code), "unauthorized");
    EXPECT_EQ(to_string(Error::forbidden("").code), "forbidden");
    EXPECT_EQ(to_string(Error::exhausted("").code), "exhausted");
    EXPECT_EQ(to_string(Error::unavailable("").code), "unavailable");
    EXPECT_EQ(to_string(Error::timed_out("").code), "timed_out");
    EXPECT_EQ(to_string(Error::cancelled("").code), "cancelled");
    EXPECT_EQ(to_string(Error::corrupt("").code), "corrupt");
    EXPECT_EQ(to_string(Error::internal("").code), "internal");
    EXPECT_EQ(Error{}.code, ErrorCode::internal);
}
