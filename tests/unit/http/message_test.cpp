#include "http/message.hpp"

#include <gtest/gtest.h>

namespace tappet::http {
namespace {

TEST(HttpHeaders, FindANameWithoutRegardToCase) {
    const Headers headers{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
    EXPECT_EQ(headers.get("content-type"), "text/plain");
    EXPECT_EQ(headers.get("X-a"), "1");
    EXPECT_EQ(headers.count("x-A"), 2u);
    EXPECT_FALSE(headers.get("content-typ"));
    EXPECT_FALSE(headers.get("content-type2"));
}

TEST(HttpHeaders, SetReplacesEveryFieldOfThatName) {
    Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}};
    headers.set("A", "4");
    EXPECT_EQ(headers.count("a"), 1u);
    EXPECT_EQ(headers.get("a"), "4");
    EXPECT_EQ(headers.get("b"), "2");
}

TEST(HttpHeaders, MayBeRemovedByAViewIntoThemselves) {
    Headers headers{{"a-name-that-is-longer-than-a-short-string", "1"}, {"b", "2"}};
    headers.remove(headers.items()[0].first);
    EXPECT_EQ(headers.items().size(), 1u);
    headers.set(headers.items()[0].first, "3");
    EXPECT_EQ(headers.get("b"), "3");
}

TEST(HttpRequest, SplitsItsTargetAtTheFirstQuestionMark) {
    Request request;
    request.target = "/a%20b?x=1?y";
    EXPECT_EQ(request.path(), "/a%20b");
    EXPECT_EQ(request.query(), "x=1?y");
    request.target = "/a";
    EXPECT_EQ(request.path(), "/a");
    EXPECT_EQ(request.query(), "");
    request.target = "/a?";
    EXPECT_EQ(request.query(), "");
}

TEST(HttpReason, IsUnknownForAStatusWithoutOne) {
    EXPECT_EQ(reason(202), "Accepted");
    EXPECT_EQ(reason(429), "Too Many Requests");
    EXPECT_EQ(reason(299), "Unknown");
}

}  // namespace
}  // namespace tappet::http
