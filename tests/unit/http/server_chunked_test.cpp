#include "http/server_chunked.hpp"

#include <gtest/gtest.h>

namespace tappet::http::server {
namespace {

using Status = ChunkedReader::Status;

int verdict(const std::string& bytes, std::uint64_t limit = 100, std::size_t overhead = 64) {
    ChunkedReader reader;
    reader.begin(limit, overhead);
    std::string body;
    std::size_t used = 0;
    switch (reader.read(bytes, used, body)) {
        case Status::more:
            return -1;
        case Status::complete:
            return 0;
        case Status::refused:
            return reader.refusal().status;
    }
    return -2;
}

TEST(ServerChunked, DecodesTheSameHoweverTheBytesAreCut) {
    const std::string bytes =
        "5\r\nhello\r\n001;x=\"y\"\r\n \r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nnext";
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        ChunkedReader reader;
        reader.begin(100, 64);
        std::string body;
        std::string rest = bytes;
        Status status = Status::more;
        while (status == Status::more && !rest.empty()) {
            std::size_t used = 0;
            status = reader.read(rest.substr(0, cut), used, body);
            rest.erase(0, used);
        }
        ASSERT_EQ(status, Status::complete) << cut;
        EXPECT_EQ(body, "hello 0123456789") << cut;
        EXPECT_EQ(rest, "next") << cut;
    }
}

TEST(ServerChunked, RefusesSizesThatOthersMightReadDifferently) {
    for (const char* bytes : {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\na", "1\na\r\n",
                              "1\rxa", ";x\r\n", "0000000000000001\r\na", "1;a\nb\r\n", "1;\x01\r\n"}) {
        EXPECT_EQ(verdict(bytes), 400) << bytes;
    }
}

TEST(ServerChunked, RefusesDataThatDoesNotEndWhereTheSizeSays) {
    EXPECT_EQ(verdict("1\r\nab\r\n"), 400);
    EXPECT_EQ(verdict("1\r\na\n"), 400);
    EXPECT_EQ(verdict("2\r\na\r\n0\r\n"), 400);
    EXPECT_EQ(verdict("0\r\n\n"), 400);
    EXPECT_EQ(verdict("0\r\n\r\n"), 0);
    EXPECT_EQ(verdict("0\r\n\r"), -1);
}

TEST(ServerChunked, RefusesTrailersThatAreNoFields) {
    EXPECT_EQ(verdict("0\r\n X: 1\r\n\r\n"), 400);
    EXPECT_EQ(verdict("0\r\nX : 1\r\n\r\n"), 400);
    EXPECT_EQ(verdict("0\r\nX\r\n\r\n"), 400);
    EXPECT_EQ(verdict("0\r\nX: 1\n\r\n"), 400);
    EXPECT_EQ(verdict("0\r\nX: a\rb\r\n"), 400);
    EXPECT_EQ(verdict("0\r\nX: 1\r\nY:\r\n\r\n"), 0);
}

TEST(ServerChunked, StopsAtTheLimitFromTheSizeAlone) {
    EXPECT_EQ(verdict("65\r\n"), 413);
    EXPECT_EQ(verdict("6\r\n012345\r\n5\r\n", 10), 413);
    EXPECT_EQ(verdict("fffffffffffffff\r\n"), 413);
    EXPECT_EQ(verdict("5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n", 10), 0);
}

TEST(ServerChunked, BoundsExtensionsAndTrailersTogether) {
    EXPECT_EQ(verdict("1;" + std::string(70, 'x') + "\r\n"), 431);
    EXPECT_EQ(verdict("1;" + std::string(40, 'x') + "\r\na\r\n0\r\nX: " + std::string(40, 'x') + "\r\n\r\n"),
              431);
    EXPECT_EQ(verdict("0\r\nX: " + std::string(70, 'x')), 431);
}

}  // namespace
}  // namespace tappet::http::server
