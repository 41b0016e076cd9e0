#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/encoding.hpp"
#include "vault/sealer.hpp"

namespace tappet::vault {
namespace {

using Bytes = std::array<std::uint8_t, 32>;

std::optional<Bytes> from_text(std::string_view text) {
    auto decoded = from_hex(text);
    if (!decoded || decoded->size() != 32) decoded = from_base64(text);
    if (!decoded || decoded->size() != 32) return std::nullopt;
    Bytes bytes{};
    std::copy(decoded->begin(), decoded->end(), bytes.begin());
    OPENSSL_cleanse(decoded->data(), decoded->size());
    return bytes;
}

Error failed(const std::string& file) {
    return Error::unavailable("the vault's key file " + file + ": " + std::strerror(errno));
}

/// Writes a new key beside the file and links it into place: whoever comes first wins, and no half-written
/// key is ever seen under the name.
Result<void> make_file(const std::string& file) {
    Bytes bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        return Error::internal("there is no randomness for a key");
    const std::string fresh = file + "." + std::to_string(::getpid());
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return failed(file);
    const bool written =
        ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    ::close(fd);
    const bool linked = written && (::link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int why = errno;
    ::unlink(fresh.c_str());
    errno = why;
    if (!linked) return failed(file);
    const std::size_t slash = file.rfind('/');
    const int folder =
        ::open(slash == std::string::npos ? "." : file.substr(0, slash + 1).c_str(), O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return {};
}

Result<MasterKey> read_file(const std::string& file, int fd) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) return failed(file);
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error::forbidden("the vault's key file " + file + " may be read by others; chmod 600 it");
    char buffer[128];
    const ssize_t size = ::read(fd, buffer, sizeof buffer);
    if (size < 0) return failed(file);
    Bytes bytes{};
    std::string_view text(buffer, static_cast<std::size_t>(size));
    bool good = size == 32;
    if (good) {
        std::copy(text.begin(), text.end(), bytes.begin());
    } else {
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
        if (const auto decoded = from_text(text)) {
            bytes = *decoded;
            good = true;
        }
    }
    OPENSSL_cleanse(buffer, sizeof buffer);
    if (!good)
        return Error::invalid("the vault's key file " + file +
                              " holds no 32 bytes (raw, 64 hexadecimal digits or base64)");
    MasterKey key(bytes);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return key;
}

}  // namespace

bool is_key_text(std::string_view text) { return from_text(text).has_value(); }

Result<MasterKey> load_master_key(const std::string& file) {
    if (const char* given = std::getenv("TAPPET_VAULT_KEY"); given && *given) {
        auto bytes = from_text(given);
        if (!bytes)
            return Error::invalid("TAPPET_VAULT_KEY is not 32 bytes as 64 hexadecimal digits or base64");
        return MasterKey(*bytes);
    }
    int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        if (auto made = make_file(file); !made) return made.error();
        fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0) return failed(file);
    auto key = read_file(file, fd);
    ::close(fd);
    return key;
}

Result<MasterKey> load_key_of(const std::string& store, const std::string& key_file,
                              std::optional<std::uint32_t> remembered) {
    if (!remembered) return load_master_key(key_file);
    const char* given = std::getenv("TAPPET_VAULT_KEY");
    const bool from_file = !given || !*given;
    const std::string belongs = store + " was begun with the key " + key_name(*remembered) + ", ";
    const std::string repair =
        ". Put back the key that belongs to it; without it what is sealed cannot be read";
    if (from_file && ::access(key_file.c_str(), F_OK) != 0 && errno == ENOENT)
        return Error::not_found(belongs + "and there is no key file " + key_file + repair);
    auto key = load_master_key(key_file);
    if (key && key->id() != *remembered)
        return Error::conflict(belongs + "and " + (from_file ? key_file : "TAPPET_VAULT_KEY") +
                               " is the key " + key_name(key->id()) + repair);
    return key;
}

}  // namespace tappet::vault
