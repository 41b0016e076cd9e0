#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "run/sealer.hpp"

namespace tappet::vault {

/// The key that everything is sealed with; wiped from memory when it goes.
class MasterKey {
public:
    explicit MasterKey(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
    MasterKey(const MasterKey&) = default;
    MasterKey& operator=(const MasterKey&) = default;
    ~MasterKey();
    const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
    /// The first bytes of the key's SHA-256: names the key in what it sealed.
    std::uint32_t id() const;

private:
    std::array<std::uint8_t, 32> bytes_;
};

/// Whether the text is a key as TAPPET_VAULT_KEY holds one: 64 hexadecimal digits, or base64 of 32 bytes.
bool is_key_text(std::string_view text);
/// TAPPET_VAULT_KEY where it is set (64 hexadecimal digits, or base64 of 32 bytes), else the file, which is
/// made with a random key, readable by its owner alone, where it is missing. invalid: not 32 bytes;
/// forbidden: others may read the file.
Result<MasterKey> load_master_key(const std::string& file);

/// The id of a key as people read it: 8 hexadecimal digits, those that the key's SHA-256 begins with.
std::string key_name(std::uint32_t id);

/// The key of `store` (a database's file, for messages), which remembers the id of the key that its values
/// are sealed with. Where it remembers none, load_master_key; else fails as not_found where the file is
/// missing, which is then not made, and as conflict where the key is another one.
Result<MasterKey> load_key_of(const std::string& store, const std::string& key_file,
                              std::optional<std::uint32_t> remembered);

/// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each text. What it gives: a version byte, the
/// key's id (4 bytes), the nonce (12), the sealed bytes, the tag (16). Thread-safe.
std::unique_ptr<run::Sealer> make_sealer(const MasterKey& key);

}  // namespace tappet::vault
