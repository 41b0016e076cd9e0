#include "vault/sealer.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "base/encoding.hpp"
#include "vault/digest.hpp"

namespace tappet::vault {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNonce = 12, kTag = 16, kHead = 1 + 4 + kNonce;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const std::uint8_t* raw(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }
std::uint8_t* raw(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

void must(int result) {
    if (result != 1) throw std::runtime_error("sealing failed: the crypto library refused");
}

class AesSealer final : public run::Sealer {
public:
    explicit AesSealer(const MasterKey& key) : key_(key), id_(key.id()) {}

    std::string seal(std::string_view plain, std::string_view associated) const override {
        std::string out(kHead + plain.size() + kTag, '\0');
        out[0] = kVersion;
        for (int i = 0; i < 4; ++i) out[static_cast<std::size_t>(1 + i)] = static_cast<char>(id_ >> (8 * i));
        must(RAND_bytes(raw(out) + 5, kNonce));
        const Cipher cipher(EVP_CIPHER_CTX_new());
        int size = 0;
        must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.bytes().data(), raw(out) + 5));
        must(EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(associated),
                               static_cast<int>(associated.size())));
        must(EVP_EncryptUpdate(cipher.get(), raw(out) + kHead, &size, raw(plain),
                               static_cast<int>(plain.size())));
        must(EVP_EncryptFinal_ex(cipher.get(), raw(out) + kHead + size, &size));
        must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, raw(out) + kHead + plain.size()));
        return out;
    }

    Result<std::string> open(std::string_view sealed, std::string_view associated) const override {
        if (sealed.size() < kHead + kTag || sealed[0] != kVersion)
            return Error::corrupt("a sealed value is damaged");
        std::uint32_t id = 0;
        for (int i = 0; i < 4; ++i) id |= static_cast<std::uint32_t>(raw(sealed)[1 + i]) << (8 * i);
        if (id != id_)
            return Error::corrupt("a sealed value was sealed with another key (" + key_name(id) +
                                  ") than the one in use (" + key_name(id_) +
                                  "): start with the key file that it was sealed with");
        const std::string_view body = sealed.substr(kHead, sealed.size() - kHead - kTag);
        std::string tag(sealed.substr(sealed.size() - kTag));
        std::string plain(body.size(), '\0');
        const Cipher cipher(EVP_CIPHER_CTX_new());
        int size = 0;
        must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.bytes().data(),
                                raw(sealed) + 5));
        must(EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(associated),
                               static_cast<int>(associated.size())));
        must(EVP_DecryptUpdate(cipher.get(), raw(plain), &size, raw(body), static_cast<int>(body.size())));
        must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, raw(tag)));
        if (EVP_DecryptFinal_ex(cipher.get(), raw(plain) + size, &size) != 1) {
            OPENSSL_cleanse(plain.data(), plain.size());
            return Error::corrupt("a sealed value was changed or moved");
        }
        return plain;
    }

private:
    MasterKey key_;
    std::uint32_t id_;
};

}  // namespace

MasterKey::~MasterKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::uint32_t MasterKey::id() const {
    const auto hash = sha256({reinterpret_cast<const char*>(bytes_.data()), bytes_.size()});
    std::uint32_t out = 0;
    for (int i = 0; i < 4; ++i)
        out |= static_cast<std::uint32_t>(hash[static_cast<std::size_t>(i)]) << (8 * i);
    return out;
}

std::unique_ptr<run::Sealer> make_sealer(const MasterKey& key) { return std::make_unique<AesSealer>(key); }

std::string key_name(std::uint32_t id) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(id >> (8 * i));
    return to_hex(bytes);
}

}  // namespace tappet::vault
