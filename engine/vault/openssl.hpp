#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

namespace tappet::vault {

// What files of this room share of OpenSSL; for their .cpp alone.

/// Frees what the library made: std::unique_ptr<BIO, Freed<BIO_free>>.
template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* it) const {
        Free(it);
    }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

inline constexpr int kLeastRsaBits = 2048;

inline const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A key behind a pointer that headers can name without the library's.
inline EVP_PKEY* pkey(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }
inline std::shared_ptr<void> owned(EVP_PKEY* key) {
    ERR_clear_error();  // what a refused key leaves behind is nobody's later error
    return {key, [](void* it) { EVP_PKEY_free(static_cast<EVP_PKEY*>(it)); }};
}

}  // namespace tappet::vault
