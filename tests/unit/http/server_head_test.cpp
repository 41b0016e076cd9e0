#include "http/server_head.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tappet::http::server {
namespace {

using Status = HeadReader::Status;

/// The status a head is refused with, 0 when it is taken, -1 when it is not complete.
int verdict(const std::string& bytes, std::size_t max = 1024) {
    HeadReader reader(max);
    std::size_t used = 0;
    switch (reader.read(bytes, used)) {
        case Status::more:
            return -1;
        case Status::complete:
            return 0;
        case Status::refused:
            return reader.refusal().status;
    }
    return -2;
}
int with_field(const std::string& field) {
    return verdict("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
}
int with_line(const std::string& line) { return verdict(line + "\r\nHost: a\r\n\r\n"); }

TEST(ServerHead, HandsOverMethodTargetAndFields) {
    HeadReader reader(1024);
    const std::string bytes =
        "POST /a%20b?x=1 HTTP/1.1\r\nHost: a:1\r\nX-Thing:  v w\t\r\nEmpty:\r\n\r\nrest";
    std::size_t used = 0;
    ASSERT_EQ(reader.read(bytes, used), Status::complete);
    EXPECT_EQ(bytes.substr(used), "rest");
    EXPECT_EQ(reader.request().method, "POST");
    EXPECT_EQ(reader.request().target, "/a%20b?x=1");
    const std::vector<Headers::Item> fields = {{"host", "a:1"}, {"x-thing", "v w"}, {"empty", ""}};
    EXPECT_EQ(reader.request().headers.items(), fields);
    EXPECT_TRUE(reader.framing().keep_alive);
    EXPECT_FALSE(reader.framing().http10);
}

TEST(ServerHead, ReadsTheSameHoweverTheBytesAreCut) {
    const std::string bytes =
        "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n";
    HeadReader reader(1024);
    std::string kept;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        kept.push_back(bytes[i]);
        std::size_t used = 0;
        const Status status = reader.read(kept, used);
        ASSERT_EQ(status, i + 1 == bytes.size() ? Status::complete : Status::more) << i;
        kept.erase(0, used);
    }
    EXPECT_EQ(reader.framing().length, 12u);
    EXPECT_TRUE(reader.framing().expects_continue);
    reader.reset();
    EXPECT_FALSE(reader.begun());
    EXPECT_EQ(reader.framing().length, 0u);
}

TEST(ServerHead, RefusesBareLineEndsAsSoonAsTheyAreSeen) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\rb"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r"), -1);
}

TEST(ServerHead, RefusesWhatIsNoRequestLine) {
    for (const char* line : {"GET  / HTTP/1.1",        "GET /",
                             "GET / HTTP/1.1 ",        " GET / HTTP/1.1",
                             "GET\t/ HTTP/1.1",        "G(T / HTTP/1.1",
                             "GET / http/1.1",         "GET / HTTP/1.1x",
                             "GET / HTTP/11",          "GET / HTTP/a.b",
                             "GET /a b HTTP/1.1",      "GET /\x01 HTTP/1.1",
                             "GET /\xc3\xa4 HTTP/1.1", "GET /a#b HTTP/1.1",
                             "GET /\x7f HTTP/1.1",     "GET a HTTP/1.1",
                             "GET http://a/ HTTP/1.1", "CONNECT a:1 HTTP/1.1",
                             "GET * HTTP/1.1",         "OPTIONS ** HTTP/1.1"}) {
        EXPECT_EQ(with_line(line), 400) << line;
    }
    EXPECT_EQ(with_line(std::string("GET /\0 HTTP/1.1", 15)), 400);
    EXPECT_EQ(with_line("OPTIONS * HTTP/1.1"), 0);
    EXPECT_EQ(with_line("M-SEARCH / HTTP/1.1"), 0);
    EXPECT_EQ(with_line("PRI * HTTP/2.0"), 505);
    EXPECT_EQ(with_line("GET / HTTP/1.2"), 505);
    EXPECT_EQ(verdict("\x16\x03\x01"), 400) << "the first byte of TLS";
    EXPECT_EQ(verdict("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(ServerHead, RefusesFieldsThatOthersMightReadDifferently) {
    for (const char* field : {" folded", "\tfolded", "X : 1", "X\t: 1", ": 1", "X", "X Y: 1", "X(: 1",
                              "X: \x01", "X: \x7f", "X: a\rb", "Host: b", "Host: a", "\xc3\xa4: 1"}) {
        EXPECT_EQ(with_field(field), 400) << field;
    }
    EXPECT_EQ(with_field(std::string("X: a\0b", 6)), 400);
    EXPECT_EQ(with_field("X: caf\xc3\xa9\t!"), 0);
}

TEST(ServerHead, RefusesLengthsThatAreNotOnePlainNumber) {
    for (const char* field :
         {"Content-Length: +1", "Content-Length: -1", "Content-Length: 0x1",
          "Content-Length:", "Content-Length: 1, 1", "Content-Length: 1 1",
          "Content-Length: 18446744073709551616", "Content-Length: 1\r\nContent-Length: 2",
          "Content-Length: 1\r\nContent-Length: 1", "Content-Length: 0\r\nTransfer-Encoding: chunked",
          "Content-Length: 1.0", "Transfer-Encoding: chunked\r\nContent-Length: 0"}) {
        EXPECT_EQ(with_field(field), 400) << field;
    }
    EXPECT_EQ(with_field("Content-Length: 18446744073709551615"), 0);
}

TEST(ServerHead, RefusesTransferCodingsOtherThanChunked) {
    for (const char* field :
         {"Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: identity",
          "Transfer-Encoding:", "Transfer-Encoding: xchunked", "Transfer-Encoding: \"chunked\"",
          "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"}) {
        EXPECT_EQ(with_field(field), 400) << field;
    }
    EXPECT_EQ(with_field("Transfer-Encoding: Chunked"), 0);
    EXPECT_EQ(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(ServerHead, WantsOneHostInHttp11) {
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nX: 1\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
    EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 0);
    EXPECT_EQ(verdict("GET / HTTP/1.0\r\n\r\n"), 0);
    EXPECT_EQ(verdict("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
}

TEST(ServerHead, RefusesAHeadOverItsLimitEvenBeforeItIsComplete) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    EXPECT_EQ(verdict(start + std::string(64, 'x'), 64), 431);
    EXPECT_EQ(verdict(start + std::string(64, 'x') + "\r\n\r\n", 64), 431);
    EXPECT_EQ(verdict(start + "\r\n\r\n" + std::string(64, 'x'), 64), 0);
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 200; ++i) many += "X: 1\r\n";
    EXPECT_EQ(verdict(many + "\r\n", 100'000), 431);
}

TEST(ServerHead, KnowsWhetherTheConnectionGoesOn) {
    const auto keeps = [](const std::string& version, const std::string& field) {
        HeadReader reader(1024);
        std::size_t used = 0;
        EXPECT_EQ(reader.read("GET / " + version + "\r\nHost: a\r\n" + field + "\r\n", used),
                  Status::complete);
        return reader.framing().keep_alive;
    };
    EXPECT_TRUE(keeps("HTTP/1.1", ""));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: x, close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
    EXPECT_FALSE(keeps("HTTP/1.0", ""));
    EXPECT_TRUE(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(ServerHead, KnowsOnlyOneExpectation) {
    EXPECT_EQ(with_field("Expect: a miracle"), 417);
    EXPECT_EQ(with_field("Expect: 100-Continue"), 0);
}

}  // namespace
}  // namespace tappet::http::server
