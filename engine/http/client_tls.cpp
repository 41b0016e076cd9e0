#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

#include "http/client_transport.hpp"

namespace tappet::http {

Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const std::string& ca_file) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX* raw = context->native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // idle connections keep no record buffers
    boost::system::error_code bad;
    context->set_verify_mode(asio::ssl::verify_peer, bad);
    if (ca_file.empty())
        context->set_default_verify_paths(bad);
    else
        context->load_verify_file(ca_file, bad);
    if (bad) {
        const std::string store = ca_file.empty() ? "the system's store" : ca_file;
        return Error::invalid(
            fmt::format("cannot read certificate authorities from {}: {}", store, bad.message()));
    }
    static constexpr unsigned char kProtocols[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(raw, kProtocols, sizeof kProtocols - 1);
    return context;
}

Result<void> check_authorities(const std::string& file) {
    if (auto made = make_tls_context(file); !made) return made.error();
    return {};
}

bool expect_host(Transport::TlsStream& stream, const std::string& host) {
    SSL* raw = stream.native_handle();
    boost::system::error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(raw), host.c_str()) == 1;
    const std::string name = host.back() == '.' ? host.substr(0, host.size() - 1) : host;
    SSL_set_hostflags(raw, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(raw, name.c_str()) == 1 && SSL_set1_host(raw, name.c_str()) == 1;
}

std::string handshake_problem(Transport::TlsStream& stream, const boost::system::error_code& error) {
    const long verdict = SSL_get_verify_result(stream.native_handle());
    if (verdict != X509_V_OK)
        return fmt::format("the certificate is refused: {}", X509_verify_cert_error_string(verdict));
    return error.message();
}

}  // namespace tappet::http
