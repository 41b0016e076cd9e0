// ELF as in the System V ABI, "Object Files": only the section headers are of interest here.
#include "plugin/manifest_section.hpp"

#include <elf.h>
#include <tappet/abi.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace tappet::plugin {
namespace {

constexpr std::string_view kName = TAPPET_MANIFEST_SECTION_NAME;

/// A struct at a place of the file; nothing where the file ends before.
template <class T>
std::optional<T> at(std::string_view file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
    T out;
    std::memcpy(&out, file.data() + offset, sizeof out);
    return out;
}

std::optional<std::string_view> part(std::string_view file, std::uint64_t offset, std::uint64_t size) {
    if (offset > file.size() || size > file.size() - offset) return std::nullopt;
    return file.substr(offset, size);
}

struct Sections {
    Elf64_Ehdr head{};
    std::vector<Elf64_Shdr> all;
    std::string_view names;
};

Error damaged() { return Error::corrupt("its section headers are damaged"); }

Result<Sections> read_sections(std::string_view elf) {
    Sections out;
    const auto head = at<Elf64_Ehdr>(elf, 0);
    if (!head || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return Error::invalid("is no shared library");
    if (head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_ident[EI_DATA] != ELFDATA2LSB ||
        head->e_type != ET_DYN)
        return Error::invalid("is no shared library for 64 bits, little endian");
    out.head = *head;
    if (head->e_shoff == 0 || head->e_shnum == 0) return out;  // stripped of all sections
    if (head->e_shentsize != sizeof(Elf64_Shdr) || head->e_shstrndx >= head->e_shnum) return damaged();
    for (std::uint64_t i = 0; i < head->e_shnum; ++i) {
        if (head->e_shoff > elf.size()) return damaged();
        const auto section = at<Elf64_Shdr>(elf, head->e_shoff + i * sizeof(Elf64_Shdr));
        if (!section) return damaged();
        out.all.push_back(*section);
    }
    const Elf64_Shdr& names = out.all[head->e_shstrndx];
    const auto text = part(elf, names.sh_offset, names.sh_size);
    if (!text) return damaged();
    out.names = *text;
    return out;
}

std::string_view name_of(const Sections& sections, const Elf64_Shdr& section) {
    if (section.sh_name >= sections.names.size()) return {};
    const std::string_view rest = sections.names.substr(section.sh_name);
    return rest.substr(0, rest.find('\0'));
}

template <class T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

Result<std::optional<std::string>> find_manifest_section(std::string_view elf) {
    const auto sections = read_sections(elf);
    if (!sections) return sections.error();
    for (const Elf64_Shdr& section : sections->all) {
        if (name_of(*sections, section) != kName || section.sh_type == SHT_NOBITS) continue;
        const auto bytes = part(elf, section.sh_offset, section.sh_size);
        if (!bytes) return damaged();
        if (bytes->size() > kMaxManifest)
            return Error::invalid("its manifest has more than " + std::to_string(kMaxManifest) + " bytes");
        std::string out(*bytes);
        while (!out.empty() && out.back() == '\0') out.pop_back();  // a C string, or padding
        return std::optional<std::string>(std::move(out));
    }
    return std::optional<std::string>();
}

Result<std::optional<std::string>> read_manifest_section(const std::string& file) {
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in || in.bad()) return Error::not_found(std::string("cannot be read: ") + std::strerror(errno));
    return find_manifest_section(bytes);
}

Result<std::string> with_manifest_section(std::string_view elf, std::string_view manifest) {
    auto sections = read_sections(elf);
    if (!sections) return sections.error();
    if (sections->all.empty()) return Error::invalid("has no sections: it is stripped of them");
    for (const Elf64_Shdr& section : sections->all)
        if (name_of(*sections, section) == kName) return Error::conflict("has a manifest in it already");

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
