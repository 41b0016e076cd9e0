#pragma once
#include <cstdint>
#include <string_view>

namespace tappet {

/// The secret of a keyed hash. Who does not know it cannot choose inputs that collide.
struct HashKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};

/// The key of this process, drawn from the operating system at the first call. Hashes under it differ from
/// one process to the next: they may find things, and must never order, name or leave anything. Any thread.
const HashKey& process_hash_key();

/// SipHash-1-3 of bytes; for tables whose keys come from outside.
std::uint64_t keyed_hash(std::string_view bytes, const HashKey& key = process_hash_key());
/// The same of two words, for numbers and for hashes of hashes.
std::uint64_t keyed_hash(std::uint64_t a, std::uint64_t b, const HashKey& key = process_hash_key());

}  // namespace tappet
