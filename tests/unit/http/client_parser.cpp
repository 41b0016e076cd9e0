#include "http/client_parser.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "http/inflate.hpp"

using tappet::http::Failure;
using tappet::http::Inflater;
using tappet::http::ResponseParser;
using State = ResponseParser::State;

namespace {

std::string deflated(const std::string& text, int window) {
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}
std::string gzipped(const std::string& text) { return deflated(text, 31); }

struct Read {
    State state;
    Failure::Kind failure;
    std::string message, body;
    int status;
    bool keep_alive, encoded;
    std::size_t unused;
};

/// Feeds the bytes in pieces of one size, keeping what the parser leaves, then ends the stream if asked.
Read read(const std::string& bytes, bool end = false, std::size_t piece = 1 << 20,
          std::uint64_t cap = 1 << 20, bool to_head = false) {
    ResponseParser parser(to_head, cap);
    std::string pending;
    std::size_t at = 0;
    while (at < bytes.size() && parser.state() == State::more) {
        pending += bytes.substr(at, piece);
        at += piece;
        pending.erase(0, parser.feed(pending));
    }
    if (end) parser.end();
    const auto& response = parser.response();
    return {parser.state(),
            parser.failure(),
            parser.message(),
            response.body,
            response.status,
            parser.keep_alive(),
            response.headers.count("content-encoding") != 0,
            pending.size()};
}

TEST(ResponseParser, ReadsAnAnswerWhateverPiecesItComesIn) {
    const std::string chunked =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX-A: "
        "b\r\n\r\n4;ext=1\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Trailer: t\r\n\r\n";
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 50u, 1000u}) {
        const auto got = read(chunked, false, piece);
        EXPECT_EQ(got.state, State::done) << piece << got.message;
        EXPECT_EQ(got.status, 201);
        EXPECT_EQ(got.body, "wikipedia");
        EXPECT_TRUE(got.keep_alive);
        EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, piece).body, "hello");
    }
}

TEST(ResponseParser, NamesHeadersInLowerCaseAndForgetsTrailers) {
    ResponseParser parser(false, 100);
    parser.feed(
        "HTTP/1.1 200 OK\r\nX-Foo:  Bar \r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\nX-T: 1\r\n\r\n");
    ASSERT_EQ(parser.state(), State::done);
    EXPECT_EQ(parser.response().headers.items()[0].first, "x-foo");
    EXPECT_EQ(parser.response().headers.items()[0].second, "Bar");
    EXPECT_EQ(parser.response().headers.count("set-cookie"), 2u);
    EXPECT_EQ(parser.response().headers.count("x-t"), 0u);
}

TEST(ResponseParser, TakesTheEndOfTheConnectionAsTheEndOfABodyWithoutLength) {
    const auto got = read("HTTP/1.1 200 OK\r\n\r\nall of it", true);
    EXPECT_EQ(got.state, State::done);
    EXPECT_EQ(got.body, "all of it");
    EXPECT_FALSE(got.keep_alive);
    EXPECT_EQ(read("HTTP/1.0 200 OK\r\n\r\n", true).state, State::done);
}

TEST(ResponseParser, SeesThatAnAnswerWasCutShort) {
    for (const char* bytes : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                              "HTTP/1.1 100 Continue\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
        const auto got = read(bytes, true);
        EXPECT_EQ(got.state, State::failed) << bytes;
        EXPECT_EQ(got.failure, Failure::Kind::protocol);
    }
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + gzipped("hello").substr(0, 12), true)
                  .state,
              State::failed);
}

TEST(ResponseParser, RefusesAmbiguousFraming) {
    for (const char* bytes :
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/2 200\r\n\r\n", "SSH-2.0-x\r\n\r\n", "x", "HTTQ", "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 999 x\r\n\r\n"})
        EXPECT_EQ(read(bytes).state, State::failed) << bytes;
}

TEST(ResponseParser, BoundsTheHeadAndInformationalAnswers) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'y') + "\r\n\r\n", false, 4096).state,
              State::failed);
    std::string endless;
    for (int i = 0; i < 20; ++i) endless += "HTTP/1.1 102 Processing\r\n\r\n";
    EXPECT_EQ(read(endless).state, State::failed);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'),
                   false, 4096)
                  .state,
              State::failed);
}

TEST(ResponseParser, HasNoBodyForHeadNoContentAndNotModified) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, 99, 1, true).state, State::done);
    EXPECT_EQ(read("HTTP/1.1 204 No Content\r\n\r\n").state, State::done);
    EXPECT_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").state, State::done);
}

TEST(ResponseParser, KeepsTheConnectionOnlyWhenBothSidesMay) {
    EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive);
    EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").keep_alive);
    EXPECT_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive);
    EXPECT_TRUE(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore").unused, 4u);
}

TEST(ResponseParser, CapsTheBodyInEachFraming) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", false, 99, 10).state,
              State::done);
    const auto fixed = read("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nx", false, 99, 10);
    const auto chunked =
        read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n", false, 7, 10);
    const auto open = read("HTTP/1.1 200 OK\r\n\r\n01234567890", false, 7, 10);
    for (const auto& got : {fixed, chunked, open}) {
        EXPECT_EQ(got.state, State::failed);
        EXPECT_EQ(got.failure, Failure::Kind::too_large);
    }
}

TEST(ResponseParser, UndoesGzipAndDeflate) {
    const std::string text(5000, 'a');
    const std::pair<const char*, std::string> codings[] = {
        {"gzip", gzipped(text)},
        {"X-GZIP", gzipped(text)},
        {"gzip", gzipped(text.substr(0, 2000)) + gzipped(text.substr(2000))},
        {"deflate", deflated(text, 15)},
        {"deflate", deflated(text, -15)}};
    for (const auto& [name, body] : codings) {
        for (const std::size_t piece : {1u, 13u, 100'000u}) {
            const auto got =
                read("HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(name) +
                         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                     false, piece);
            EXPECT_EQ(got.state, State::done) << name << got.message;
            EXPECT_EQ(got.body, text);
            EXPECT_FALSE(got.encoded);
        }
    }
}

TEST(ResponseParser, LeavesUnknownCodingsAsTheyAre) {
    const auto got = read("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(got.body, "abc");
    EXPECT_TRUE(got.encoded);
}

TEST(ResponseParser, TakesAnEmptyBodyInAnyCoding) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n").state,
              State::done);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                  .state,
              State::done);
}

TEST(ResponseParser, StopsABombAtTheCap) {
    const std::string bomb = gzipped(std::string(50'000'000, '\0'));
    ASSERT_LT(bomb.size(), 100'000u);
    const auto got =
        read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) +
                 "\r\n\r\n" + bomb,
             false, 1 << 20, 1'000'000);
    EXPECT_EQ(got.failure, Failure::Kind::too_large);
    EXPECT_LE(got.body.size(), 1'000'000u);
}

TEST(ResponseParser, StopsCompressedBytesThatYieldNothing) {
    std::string empties;
    const std::string one = gzipped("");
    while (empties.size() < 200'000) empties += one;
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + empties, false, 8192, 1000).failure,
              Failure::Kind::too_large);
}

TEST(ResponseParser, RefusesCorruptCompression) {
    std::string body = gzipped("hello hello hello");
    body[12] = static_cast<char>(body[12] ^ 0x55);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body, true).state, State::failed);
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain text", true).state, State::failed);
}

TEST(Inflater, FillsTheCapExactly) {
    std::string out;
    Inflater inflater(Inflater::Coding::gzip, 1000);
    EXPECT_EQ(inflater.feed(gzipped(std::string(1000, 'x')), out), Inflater::Status::good);
    EXPECT_TRUE(inflater.complete());
    std::string more;
    Inflater tight(Inflater::Coding::gzip, 999);
    EXPECT_EQ(tight.feed(gzipped(std::string(1000, 'x')), more), Inflater::Status::too_large);
    EXPECT_TRUE(more.empty());
}

}  // namespace
