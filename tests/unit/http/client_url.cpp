#include "http/url.hpp"

#include <gtest/gtest.h>

using tappet::http::parse_url;
using tappet::http::resolve_location;

namespace {

TEST(Url, IsTakenApart) {
    const auto url = parse_url("HTTPS://Api.Example.test:8443/a%20b/c?x=1&f[a]=b|c#part").value();
    EXPECT_TRUE(url.tls);
    EXPECT_EQ(url.host, "api.example.test");
    EXPECT_EQ(url.port, 8443);
    EXPECT_EQ(url.target, "/a%20b/c?x=1&f[a]=b|c");
    EXPECT_EQ(url.origin(), "https://api.example.test:8443");
    EXPECT_EQ(url.text(), "https://api.example.test:8443/a%20b/c?x=1&f[a]=b|c");
}

TEST(Url, HasItsSchemesPortAndTheRootPathWhereTheTextHasNone) {
    EXPECT_EQ(parse_url("http://a.test").value().port, 80);
    EXPECT_EQ(parse_url("https://a.test").value().port, 443);
    EXPECT_EQ(parse_url("https://a.test:").value().port, 443);
    EXPECT_EQ(parse_url("http://a.test").value().target, "/");
    EXPECT_EQ(parse_url("http://a.test?x").value().target, "/?x");
    EXPECT_EQ(parse_url("http://a.test#f").value().target, "/");
    EXPECT_EQ(parse_url("https://a.test:443/x").value().text(), "https://a.test/x");
    EXPECT_EQ(parse_url("http://a.test:81").value().host_field(), "a.test:81");
}

TEST(Url, TakesIpv6LiteralsInBrackets) {
    const auto url = parse_url("http://[2001:DB8::0:1]:81/x").value();
    EXPECT_EQ(url.host, "2001:db8::1");
    EXPECT_EQ(url.host_field(), "[2001:db8::1]:81");
    EXPECT_EQ(parse_url("http://[::1]").value().host_field(), "[::1]");
    EXPECT_EQ(parse_url("http://[::1]").value().authority(), "[::1]:80");
}

TEST(Url, IsRefusedWhenAnythingInItIsAmbiguous) {
    for (const char* text : {"",
                             "a.test",
                             "//a.test/",
                             "ftp://a.test/",
                             "http:/a.test",
                             "http:a.test",
                             "http://",
                             "http:///x",
                             "http://:80/",
                             "http://u@a.test/",
                             "http://u:p@a.test/",
                             "http://a.test:0/",
                             "http://a.test:65536/",
                             "http://a.test:8o/",
                             "http://a.test:-1/",
                             "http://a test/",
                             "http://a.test/ x",
                             " http://a.test/",
                             "http://a.test/\r\nx: y",
                             "http://a.test/\x01",
                             "http://a.test/\xc3\xa9",
                             "http://\xc3\xa9.test/",
                             "http://a.test\\@b.test/",
                             "http://a.test/\\x",
                             "http://a%2etest/",
                             "http://a..test/",
                             "http://.a/",
                             "http://[::1",
                             "http://[::1]x/",
                             "http://[fe80::1%25eth0]/",
                             "http://[127.0.0.1]/",
                             "http://::1/",
                             "http://a.test/%",
                             "http://a.test/%2",
                             "http://a.test/%zz",
                             "http://a.test/?%g0",
                             "http://a.test/{x}",
                             "http://a.test/\"",
                             "http://a.test/<"}) {
        const auto url = parse_url(text);
        EXPECT_FALSE(url.has_value()) << text;
    }
}

TEST(Url, ErrorsDoNotRepeatIt) {
    const auto url = parse_url("http://user:hunter2@a.test/?token=hunter2");
    EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
}

std::string resolved(const std::string& base, const std::string& location) {
    const auto url = resolve_location(parse_url(base).value(), location);
    return url ? url->text() : "error";
}

TEST(Location, IsReadBesideTheUrlThatSentIt) {
    const std::string base = "http://a.test:81/b/c/d?q";
    EXPECT_EQ(resolved(base, "https://b.test/x"), "https://b.test/x");
    EXPECT_EQ(resolved(base, "//b.test/x"), "http://b.test/x");
    EXPECT_EQ(resolved(base, "/x?y=http://z"), "http://a.test:81/x?y=http://z");
    EXPECT_EQ(resolved(base, "g"), "http://a.test:81/b/c/g");
    EXPECT_EQ(resolved(base, "./g"), "http://a.test:81/b/c/g");
    EXPECT_EQ(resolved(base, "../g"), "http://a.test:81/b/g");
    EXPECT_EQ(resolved(base, "../../../g"), "http://a.test:81/g");
    EXPECT_EQ(resolved(base, ".."), "http://a.test:81/b/");
    EXPECT_EQ(resolved(base, "g/./h/../i"), "http://a.test:81/b/c/g/i");
    EXPECT_EQ(resolved(base, "?y"), "http://a.test:81/b/c/d?y");
    EXPECT_EQ(resolved(base, "#s"), "http://a.test:81/b/c/d?q");
    EXPECT_EQ(resolved(base, ""), "http://a.test:81/b/c/d?q");
    EXPECT_EQ(resolved(base, "g?y/../x"), "http://a.test:81/b/c/g?y/../x");
}

TEST(Location, HasItsRawCharactersEncoded) {
    EXPECT_EQ(resolved("http://a.test/", "/\xc3\xa9 x?q=\"%zz%41"), "http://a.test/%C3%A9%20x?q=%22%25zz%41");
    EXPECT_EQ(resolved("http://a.test/", "http://b.test/a b"), "http://b.test/a%20b");
}

TEST(Location, IsRefusedWhereItWouldBeNoUrl) {
    for (const char* location :
         {"ftp://b.test/", "javascript:alert(1)", "mailto:a@b.test", "http:x", "http://u:p@b.test/", "//",
          "http://", "/x\r\ny", "http://b.test:0/", "file:///etc/passwd"})
        EXPECT_EQ(resolved("http://a.test/", location), "error") << location;
}

}  // namespace
