#include "http/server_answer.hpp"

#include <gtest/gtest.h>

namespace tappet::http::server {
namespace {

std::string written(const Response& response, AnswerForm form = {}) {
    std::string out = "before";
    write_answer(out, response, form, "NOW");
    return out;
}

TEST(ServerAnswer, IsFramedByItsLength) {
    EXPECT_EQ(written(Response{202, {{"Location", "/x"}}, "ok"}),
              "beforeHTTP/1.1 202 Accepted\r\nLocation: /x\r\nDate: NOW\r\nContent-Length: 2\r\n\r\nok");
}

TEST(ServerAnswer, HasNoBodyForHeadButTheLengthItWouldHave) {
    EXPECT_EQ(written(Response{200, {}, "abc"}, {.head = true}),
              "beforeHTTP/1.1 200 OK\r\nDate: NOW\r\nContent-Length: 3\r\n\r\n");
}

TEST(ServerAnswer, HasNeitherBodyNorLengthWhereTheStatusHasNone) {
    EXPECT_EQ(written(Response{204, {}, "abc"}), "beforeHTTP/1.1 204 No Content\r\nDate: NOW\r\n\r\n");
    EXPECT_EQ(written(Response{304, {}, "abc"}), "beforeHTTP/1.1 304 Not Modified\r\nDate: NOW\r\n\r\n");
}

TEST(ServerAnswer, SaysWhatBecomesOfTheConnection) {
    EXPECT_NE(written({}, {.close = true}).find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_NE(written({}, {.http10 = true}).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(ServerAnswer, LetsNoValueForgeAField) {
    const Response response{200,
                            {{"a", "1\r\nset-cookie: x"},
                             {"b\r\nc", "2"},
                             {"", "3"},
                             {"Content-Length", "9"},
                             {"transfer-encoding", "chunked"},
                             {"connection", "upgrade"},
                             {"DATE", "never"}},
                            ""};
    EXPECT_EQ(written(response),
              "beforeHTTP/1.1 200 OK\r\na: 1  set-cookie: x\r\nDate: NOW\r\nContent-Length: 0\r\n\r\n");
}

TEST(ServerAnswer, TurnsAnImpossibleStatusInto500) {
    EXPECT_EQ(written(Response{99, {}, ""}).substr(6, 12), "HTTP/1.1 500");
    EXPECT_EQ(written(Response{1000, {}, ""}).substr(6, 12), "HTTP/1.1 500");
    EXPECT_EQ(written(Response{101, {}, ""}).substr(6, 12), "HTTP/1.1 500");
}

TEST(ServerDate, IsTheFormOfRfc9110) {
    DateText date;
    const std::chrono::system_clock::time_point time(std::chrono::seconds(784111777));
    EXPECT_EQ(date.at(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(date.at(time + std::chrono::seconds(1)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
}  // namespace tappet::http::server
