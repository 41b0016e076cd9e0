#include "plugin/manifest_section.hpp"

#include <tappet/abi.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "plugin/elf.hpp"

namespace tappet::plugin {
namespace {

constexpr std::string_view kName = TAPPET_MANIFEST_SECTION_NAME;

template <class T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

Result<std::optional<std::string>> find_manifest_section(std::string_view elf) {
    const auto sections = read_elf(elf);
    if (!sections) return sections.error();
    for (const Elf64_Shdr& section : sections->all) {
        if (sections->name_of(section) != kName || section.sh_type == SHT_NOBITS) continue;
        const auto bytes = elf_part(elf, section.sh_offset, section.sh_size);
        if (!bytes) return Error::corrupt("its section headers are damaged");
        if (bytes->size() > kMaxManifest)
            return Error::invalid("its manifest has more than " + std::to_string(kMaxManifest) + " bytes");
        std::string out(*bytes);
        while (!out.empty() && out.back() == '\0') out.pop_back();  // a C string, or padding
        return std::optional<std::string>(std::move(out));
    }
    return std::optional<std::string>();
}

Result<std::optional<std::string>> read_manifest_section(const std::string& file) {
    std::error_code failed;
    if (std::filesystem::is_directory(file, failed))
        return Error::not_found("cannot be read: it is a folder");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in || in.bad()) return Error::not_found(std::string("cannot be read: ") + std::strerror(errno));
    return find_manifest_section(bytes);
}

Result<std::string> with_manifest_section(std::string_view elf, std::string_view manifest) {
    auto sections = read_elf(elf);
    if (!sections) return sections.error();
    if (sections->all.empty()) return Error::invalid("has no sections: it is stripped of them");
    for (const Elf64_Shdr& section : sections->all)
        if (sections->name_of(section) == kName) return Error::conflict("has a manifest in it already");

    std::string out(elf);
    const auto align = [&out] { out.append((8 - out.size() % 8) % 8, '\0'); };
    Elf64_Shdr& names = sections->all[sections->head.e_shstrndx];
    Elf64_Shdr section{};
    section.sh_name = static_cast<Elf64_Word>(sections->names.size());
    section.sh_type = SHT_PROGBITS;
    section.sh_addralign = 1;
    align();
    const std::string all_names = std::string(sections->names) + std::string(kName) + '\0';
    names.sh_offset = out.size();
    names.sh_size = all_names.size();
    out.append(all_names);
    section.sh_offset = out.size();
    section.sh_size = manifest.size();
    out.append(manifest);
    align();
    Elf64_Ehdr head = sections->head;
    head.e_shoff = out.size();
    head.e_shnum = static_cast<Elf64_Half>(sections->all.size() + 1);
    for (const Elf64_Shdr& each : sections->all) append(out, each);
    append(out, section);
    std::memcpy(out.data(), &head, sizeof head);
    return out;
}

}  // namespace tappet::plugin
