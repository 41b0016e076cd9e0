#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace tappet::test {

/// A key and its certificate, made on the spot, for TLS in tests.
class Identity {
public:
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

    /// An authority that signs itself.
    static Identity authority() { return Identity("Test authority", "", nullptr, 3600, true); }
    /// A server's, signed by the authority. `names` in OpenSSL's form: "DNS:localhost,IP:127.0.0.1". A
    /// negative `valid_for_s` makes one that has run out.
    static Identity server(const Identity& authority, const std::string& names, long valid_for_s = 3600) {
        return Identity("server", names, &authority, valid_for_s, false);
    }
    static Identity self_signed(const std::string& names) {
        return Identity("server", names, nullptr, 3600, false);
    }

    std::string pem() const {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_X509(bio.get(), certificate_.get());
        char* data = nullptr;
        const long n = BIO_get_mem_data(bio.get(), &data);
        return {data, static_cast<std::size_t>(n)};
    }
    /// A server's TLS context that shows this certificate.
    std::shared_ptr<boost::asio::ssl::context> context() const {
        auto out = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
        SSL_CTX_use_certificate(out->native_handle(), certificate_.get());
        SSL_CTX_use_PrivateKey(out->native_handle(), key_.get());
        return out;
    }

private:
    Identity(const char* name, const std::string& names, const Identity* issuer, long valid_for_s, bool ca)
        : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
        static long serial = 1;
        X509* x = certificate_.get();
        X509_set_version(x, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(x), -7200);
        X509_gmtime_adj(X509_getm_notAfter(x), valid_for_s);
        X509_set_pubkey(x, key_.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        X509* by = issuer ? issuer->certificate_.get() : x;
        X509_set_issuer_name(x, X509_get_subject_name(by));
        if (ca) extend(by, NID_basic_constraints, "critical,CA:TRUE");
        if (ca) extend(by, NID_key_usage, "critical,keyCertSign");
        if (!names.empty()) extend(by, NID_subject_alt_name, names.c_str());
        X509_sign(x, issuer ? issuer->key_.get() : key_.get(), EVP_sha256());
    }
    void extend(X509* issuer, int nid, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer, certificate_.get(), nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
        X509_add_ext(certificate_.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }

    Key key_;
    Certificate certificate_;
};

}  // namespace tappet::test
