#include <gmock/gmock.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "support/certificates.hpp"
#include "support/fetch.hpp"
#include "support/scripted_peer.hpp"

using namespace tappet::http;
using namespace tappet::test;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = Failure::Kind;
using Then = Reply::Then;

namespace {

/// A file that is gone after the test.
struct TemporaryFile {
    explicit TemporaryFile(const std::string& text) {
        const int descriptor = ::mkstemp(path.data());
        ::close(descriptor);
        std::ofstream(path) << text;
    }
    ~TemporaryFile() { ::unlink(path.c_str()); }
    std::string path = testing::TempDir() + "authority-XXXXXX";
};

struct ClientTls : testing::Test {
    boost::asio::io_context loop;
    Identity authority = Identity::authority();
    TemporaryFile ca{authority.pem()};

    ClientOptions options() {
        auto out = loopback_options();
        out.ca_file = ca.path;
        return out;
    }
    static Reply hello(const std::string&, ScriptedPeer::Place) { return answer("secure"); }
    Fetched try_with(const Identity& identity) {
        ScriptedPeer peer(loop, hello, identity.context());
        Client client(loop, options());
        return fetch(loop, client, get(peer.url("/")));
    }
};

TEST_F(ClientTls, TrustsAChainToItsAuthorityForTheRightAddressAndKeepsTheConnection) {
    ScriptedPeer peer(loop, hello, Identity::server(authority, "IP:127.0.0.1").context());
    Client client(loop, options());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(fetch(loop, client, get(peer.url("/"))).response.value().body, "secure");
    EXPECT_EQ(peer.connections(), 1u);
}

TEST_F(ClientTls, AsksForTheHostByNameAndChecksIt) {
    std::string asked;
    const auto context = Identity::server(authority, "DNS:localhost").context();
    SSL_CTX_set_tlsext_servername_callback(
        context->native_handle(), (+[](SSL* ssl, int*, void* out) {
            if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
                *static_cast<std::string*>(out) = name;
            return SSL_TLSEXT_ERR_OK;
        }));
    SSL_CTX_set_tlsext_servername_arg(context->native_handle(), &asked);
    ScriptedPeer peer(loop, hello, context);
    Client client(loop, options());
    EXPECT_TRUE(fetch(loop, client, get("https://localhost:" + std::to_string(peer.port()) + "/")).response);
    EXPECT_EQ(asked, "localhost");
}

TEST_F(ClientTls, RefusesACertificateForAnotherHost) {
    for (const char* names : {"DNS:other.test", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
        const auto got = try_with(Identity::server(authority, names));
        EXPECT_EQ(got.failure.value().kind, Kind::tls) << names;
        EXPECT_THAT(got.failure->message, HasSubstr("mismatch"));
        EXPECT_FALSE(got.failure->request_may_have_arrived);
    }
}

TEST_F(ClientTls, RefusesSelfSignedExpiredAndForeignCertificates) {
    EXPECT_THAT(try_with(Identity::self_signed("IP:127.0.0.1")).failure.value().message,
                HasSubstr("self-signed"));
    EXPECT_THAT(try_with(Identity::server(authority, "IP:127.0.0.1", -60)).failure.value().message,
                HasSubstr("expired"));
    const auto stranger = Identity::authority();
    EXPECT_EQ(try_with(Identity::server(stranger, "IP:127.0.0.1")).failure.value().kind, Kind::tls);
}

TEST_F(ClientTls, TrustsNoPrivateAuthorityByDefault) {
    ScriptedPeer peer(loop, hello, Identity::server(authority, "IP:127.0.0.1").context());
    Client client(loop, loopback_options());
    EXPECT_EQ(fetch(loop, client, get(peer.url("/"))).failure.value().kind, Kind::tls);
}

TEST_F(ClientTls, RefusesVersionsBefore12) {
    const auto context = Identity::server(authority, "IP:127.0.0.1").context();
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(context->native_handle(), 0);
    ScriptedPeer peer(loop, hello, context);
    Client client(loop, options());
    EXPECT_EQ(fetch(loop, client, get(peer.url("/"))).failure.value().kind, Kind::tls);
}

TEST_F(ClientTls, FailsWhereThePeerSpeaksPlainHttp) {
    ScriptedPeer peer(loop, hello);
    Client client(loop, options());
    const std::string url = "https://" + peer.address() + "/";
    auto request = get(url);
    request.timeout = std::chrono::milliseconds(200);  // the scripted peer waits for the end of a request
    EXPECT_THAT(fetch(loop, client, request).failure.value().kind, testing::AnyOf(Kind::tls, Kind::timeout));
}

TEST_F(ClientTls, SaysThatTheAuthoritiesCannotBeRead) {
    auto broken = options();
    broken.ca_file = "/nonexistent/authorities.pem";
    Client client(loop, broken);
    const auto got = fetch(loop, client, get("https://127.0.0.1:1/"));
    EXPECT_EQ(got.failure.value().kind, Kind::tls);
    EXPECT_THAT(got.failure->message, HasSubstr("/nonexistent/authorities.pem"));
}

TEST_F(ClientTls, TakesABodyWithoutLengthOnlyWhenThePeerSaysThatItIsOver) {
    const auto identity = Identity::server(authority, "IP:127.0.0.1");
    ScriptedPeer honest(
        loop, [](const auto&, auto) { return Reply("HTTP/1.1 200 OK\r\n\r\nall", Then::close); },
        identity.context());
    ScriptedPeer cut(
        loop, [](const auto&, auto) { return Reply("HTTP/1.1 200 OK\r\n\r\nal", Then::cut); },
        identity.context());
    Client client(loop, options());
    EXPECT_EQ(fetch(loop, client, get(honest.url("/"))).response.value().body, "all");
    EXPECT_EQ(fetch(loop, client, get(cut.url("/"))).failure.value().kind, Kind::protocol);
}

TEST_F(ClientTls, SendsOnceMoreWhenAKeptConnectionTurnsOutDead) {
    const auto identity = Identity::server(authority, "IP:127.0.0.1");
    ScriptedPeer peer(
        loop,
        [](const auto&, auto place) {
            return place.request == 0 ? Reply(answer("x")) : Reply("", Then::cut);
        },
        identity.context());
    Client client(loop, options());
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/1"))).response);
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/2"))).response);
    EXPECT_EQ(peer.connections(), 2u);
}

TEST_F(ClientTls, CarriesALargeBodyBothWays) {
    ScriptedPeer peer(
        loop,
        [](const std::string& request, auto) { return answer(request.substr(request.find("\r\n\r\n") + 4)); },
        Identity::server(authority, "IP:127.0.0.1").context());
    Client client(loop, options());
    const std::string body(1'000'000, 'q');
    EXPECT_EQ(fetch(loop, client, post(peer.url("/"), body)).response.value().body, body);
}

TEST_F(ClientTls, DoesNotCarryABodyFromHttpsToHttp) {
    ScriptedPeer plain(loop, hello);
    ScriptedPeer peer(
        loop,
        [&](const auto&, auto) {
            return answer("", "location: " + plain.url("/") + "\r\n", "307 Temporary Redirect");
        },
        Identity::server(authority, "IP:127.0.0.1").context());
    Client client(loop, options());
    EXPECT_EQ(fetch(loop, client, post(peer.url("/"), "secret")).failure.value().kind, Kind::protocol);
    EXPECT_EQ(plain.requests().size(), 0u);
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/"))).response);
}

/// A proxy that answers CONNECT with what it is told, and then, if it is to, is the origin itself over TLS.
struct TunnelProxy {
    TunnelProxy(boost::asio::io_context& loop, std::string verdict,
                std::shared_ptr<boost::asio::ssl::context> origin)
        : acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0}),
          socket(loop),
          answer_(std::move(verdict)),
          tls(std::move(origin)) {
        acceptor.async_accept(socket, [this](const auto&) {
            socket.async_read_some(boost::asio::buffer(piece), [this](const auto&, std::size_t n) {
                connect.assign(piece, n);
                boost::asio::async_write(socket, boost::asio::buffer(answer_),
                                         [this](const auto&, std::size_t) { speak(); });
            });
        });
    }
    void speak() {
        if (!tls) return;
        stream = std::make_unique<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>>(socket, *tls);
        stream->async_handshake(boost::asio::ssl::stream_base::server, [this](const auto& bad) {
            if (!bad)
                stream->async_read_some(boost::asio::buffer(piece), [this](const auto&, std::size_t n) {
                    request.assign(piece, n);
                    boost::asio::async_write(*stream, boost::asio::buffer(reply),
                                             [](const auto&, std::size_t) {});
                });
        });
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()); }
    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::ip::tcp::socket socket;
    std::string answer_, connect, request, reply = answer("through");
    std::shared_ptr<boost::asio::ssl::context> tls;
    std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> stream;
    char piece[4096];
};

TEST_F(ClientTls, GoesThroughAProxysTunnelAndVerifiesTheOriginNotTheProxy) {
    TunnelProxy proxy(loop, "HTTP/1.1 200 Established\r\nx: y\r\n\r\n",
                      Identity::server(authority, "DNS:origin.test").context());
    auto with_proxy = options();
    with_proxy.proxy = proxy.url();
    Client client(loop, with_proxy);
    auto request = get("https://origin.test/x");
    request.headers.add("authorization", "Bearer s3cret");
    EXPECT_EQ(fetch(loop, client, request).response.value().body, "through");
    EXPECT_EQ(proxy.connect, "CONNECT origin.test:443 HTTP/1.1\r\nhost: origin.test:443\r\n\r\n");
    EXPECT_THAT(proxy.request, StartsWith("GET /x HTTP/1.1\r\nhost: origin.test\r\n"));
}

TEST_F(ClientTls, FailsToConnectWhereTheProxyRefuses) {
    for (const char* verdict : {"HTTP/1.1 403 Forbidden\r\n\r\n", "nonsense from a proxy\r\n\r\n",
                                "HTTP/1.1 200 OK\r\n\r\nand more"}) {
        TunnelProxy proxy(loop, verdict, nullptr);
        auto with_proxy = options();
        with_proxy.proxy = proxy.url();
        Client client(loop, with_proxy);
        EXPECT_EQ(fetch(loop, client, get("https://origin.test/")).failure.value().kind, Kind::connect)
            << verdict;
    }
}

TEST_F(ClientTls, GivesAProxyTheWholeUrlOfAPlainRequest) {
    ScriptedPeer proxy(loop, hello);
    auto with_proxy = options();
    with_proxy.proxy = proxy.url("");
    Client client(loop, with_proxy);
    EXPECT_TRUE(fetch(loop, client, get("http://origin.test:81/x?y")).response);
    EXPECT_THAT(proxy.requests()[0],
                StartsWith("GET http://origin.test:81/x?y HTTP/1.1\r\nhost: origin.test:81\r\n"));
}

TEST_F(ClientTls, RefusesPrivateAddressesBehindAProxyInEveryNotation) {
    ScriptedPeer proxy(loop, hello);
    auto with_proxy = options();
    with_proxy.guard = Guard();  // the proxy itself is ours: nobody is asked about it
    with_proxy.proxy = proxy.url("");
    Client client(loop, with_proxy);
    for (const char* url :
         {"http://127.0.0.1/", "https://10.0.0.1/", "http://0x7f.1/", "http://2130706433/", "http://[::1]/",
          "http://localhost/", "https://a.localhost/", "http://[::ffff:10.0.0.1]/"})
        EXPECT_EQ(fetch(loop, client, get(url)).failure.value().kind, Kind::refused_address) << url;
    EXPECT_EQ(proxy.connections(), 0u);
    EXPECT_TRUE(fetch(loop, client, get("http://origin.test/")).response);
}

TEST_F(ClientTls, SaysThatTheProxysSettingIsWrong) {
    for (const char* proxy : {"nonsense", "https://127.0.0.1:1", "socks5://127.0.0.1:1"}) {
        auto wrong = options();
        wrong.proxy = proxy;
        Client client(loop, wrong);
        const auto got = fetch(loop, client, get("http://origin.test/"));
        EXPECT_EQ(got.failure.value().kind, Kind::connect);
        EXPECT_THAT(got.failure->message, HasSubstr("proxy"));
    }
}

}  // namespace
