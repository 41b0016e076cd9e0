#pragma once
#include <elf.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// ELF as in the System V ABI, "Object Files": 64 bits, little endian, shared libraries. Nothing reads beyond
// the bytes.
namespace tappet::plugin {

/// A struct at a place of a file; nothing where the file ends before.
template <class T>
std::optional<T> elf_at(std::string_view file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
    T out;
    std::memcpy(&out, file.data() + offset, sizeof out);
    return out;
}

struct ElfSections {
    Elf64_Ehdr head{};
    std::vector<Elf64_Shdr> all;  ///< empty: stripped of them
    std::string_view names;       ///< lives as long as the file's bytes
    std::string_view name_of(const Elf64_Shdr& section) const;
};
/// Fails as invalid for what is no such library, as corrupt where it is damaged.
Result<ElfSections> read_elf(std::string_view file);
/// A section's bytes; nothing where they are not in the file.
std::optional<std::string_view> elf_part(std::string_view file, std::uint64_t offset, std::uint64_t size);
/// Names that the library defines and shows to others.
Result<std::vector<std::string>> exported_symbols(std::string_view file);

}  // namespace tappet::plugin
