#include "http/client_request.hpp"

#include <gtest/gtest.h>

using namespace tappet::http;

namespace {

ClientRequest request(const std::string& method = "GET") {
    ClientRequest out;
    out.method = method;
    return out;
}

TEST(ClientRequestHead, AddsWhatIsAbsent) {
    const auto url = parse_url("http://a.test:81/x?y").value();
    EXPECT_EQ(
        request_head(request(), url, false, "t"),
        "GET /x?y HTTP/1.1\r\nhost: a.test:81\r\nuser-agent: t\r\naccept-encoding: gzip, deflate\r\n\r\n");
    auto post = request("POST");
    EXPECT_NE(request_head(post, url, false, "t").find("content-length: 0\r\n"), std::string::npos);
    post.body = "12345";
    post.headers = {
        {"Host", "b.test"}, {"User-Agent", "me"}, {"Accept-Encoding", "identity"}, {"Content-Length", "5"}};
    EXPECT_EQ(request_head(post, url, true, "t"),
              "POST http://a.test:81/x?y HTTP/1.1\r\nHost: b.test\r\nUser-Agent: me\r\nAccept-Encoding: "
              "identity\r\nContent-Length: 5\r\n\r\n");
}

TEST(ClientRequestHead, CannotBeInjectedInto) {
    for (const char* method : {"", "GET /", "GET\r\nx", "G\tT", "CONNECT"})
        EXPECT_TRUE(request_problem(request(method))) << method;
    const Headers bad[] = {{{"x\r\ny", "z"}},
                           {{"", "z"}},
                           {{"x y", "z"}},
                           {{"x:", "z"}},
                           {{"x", "a\r\nb: c"}},
                           {{"x", "a\nb"}},
                           {{"x", "a\rb"}},
                           {{"x", std::string("a\0b", 3)}},
                           {{"x", "\x7f"}},
                           {{"Transfer-Encoding", "chunked"}},
                           {{"Content-Length", "5"}},
                           {{"host", "a"}, {"Host", "b"}},
                           {{"Upgrade", "websocket"}},
                           {{"content-length", "0"}, {"content-length", "0"}}};
    for (const auto& headers : bad) {
        auto r = request();
        r.headers = headers;
        EXPECT_TRUE(request_problem(r)) << headers.items()[0].first;
    }
    auto fine = request("PROPFIND");
    fine.headers = {{"x-Y_z", "caf\xc3\xa9\tx"}, {"content-length", "0"}};
    EXPECT_FALSE(request_problem(fine));
}

TEST(ClientRequestHead, KnowsWhatMaySafelyBeSentTwice) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
        EXPECT_TRUE(is_idempotent(request(method)));
    for (const char* method : {"POST", "PATCH", "LOCK"}) EXPECT_FALSE(is_idempotent(request(method)));
    auto keyed = request("POST");
    keyed.headers.add("Idempotency-Key", "1");
    EXPECT_TRUE(is_idempotent(keyed));
}

ClientRequest redirected(const std::string& method, int status, const std::string& to = "http://a.test/y") {
    auto r = request(method);
    r.body = "body";
    r.headers = {{"Content-Type", "text/plain"},
                 {"Authorization", "Bearer x"},
                 {"Cookie", "c"},
                 {"X-Api-Key", "k"},
                 {"auth", "k"},
                 {"Idempotency-Key", "i"},
                 {"Accept", "*/*"},
                 {"Host", "a.test"}};
    follow_redirect(r, status, parse_url("http://a.test/x").value(), parse_url(to).value());
    return r;
}

TEST(Redirect, TurnsIntoGetWhereTheStatusSaysSo) {
    for (const int status : {301, 302, 303}) {
        EXPECT_EQ(redirected("POST", status).method, "GET");
        EXPECT_EQ(redirected("POST", status).body, "");
        EXPECT_EQ(redirected("POST", status).headers.count("content-type"), 0u);
    }
    for (const int status : {307, 308}) {
        EXPECT_EQ(redirected("POST", status).method, "POST");
        EXPECT_EQ(redirected("POST", status).body, "body");
        EXPECT_EQ(redirected("POST", status).headers.count("content-type"), 1u);
    }
    EXPECT_EQ(redirected("PUT", 301).method, "PUT");
    EXPECT_EQ(redirected("PUT", 303).method, "GET");
    EXPECT_EQ(redirected("HEAD", 303).method, "HEAD");
}

TEST(Redirect, DropsCredentialsWhenTheOriginChanges) {
    const auto same = redirected("GET", 302);
    for (const char* name : {"authorization", "cookie", "x-api-key", "auth", "host"})
        EXPECT_EQ(same.headers.count(name), 1u) << name;
    for (const char* to : {"https://a.test/y", "http://a.test:81/y", "http://b.a.test/y"}) {
        const auto other = redirected("GET", 302, to);
        for (const char* name : {"authorization", "cookie", "x-api-key", "auth", "host"})
            EXPECT_EQ(other.headers.count(name), 0u) << name;
        EXPECT_EQ(other.headers.count("accept"), 1u);
        EXPECT_EQ(other.headers.count("idempotency-key"), 1u);
    }
}

}  // namespace
