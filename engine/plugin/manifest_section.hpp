#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tappet::plugin {

inline constexpr std::size_t kMaxManifest = 4u << 20;  ///< bytes

/// The manifest that stands in a plugin's file, in the section TAPPET_MANIFEST_SECTION_NAME of an ELF file:
/// read without running anything of it. Nothing where the file has no such section; fails for what is no
/// shared library of this machine's kind (64 bits, little endian), or is damaged.
Result<std::optional<std::string>> read_manifest_section(const std::string& file);
/// The same of a file's bytes. Never reads beyond them, whatever they say.
Result<std::optional<std::string>> find_manifest_section(std::string_view elf);
/// The bytes of the file with the manifest in it: behind everything else, so that nothing that is loaded
/// moves. Fails as conflict where it has the section already.
Result<std::string> with_manifest_section(std::string_view elf, std::string_view manifest);

}  // namespace tappet::plugin
