#include "plugin/elf.hpp"

namespace tappet::plugin {
namespace {

Error damaged() { return Error::corrupt("its section headers are damaged"); }

std::string_view text_at(std::string_view table, std::uint64_t offset) {
    if (offset >= table.size()) return {};
    const std::string_view rest = table.substr(offset);
    return rest.substr(0, rest.find('\0'));
}

}  // namespace

std::optional<std::string_view> elf_part(std::string_view file, std::uint64_t offset, std::uint64_t size) {
    if (offset > file.size() || size > file.size() - offset) return std::nullopt;
    return file.substr(offset, size);
}

std::string_view ElfSections::name_of(const Elf64_Shdr& section) const {
    return text_at(names, section.sh_name);
}

Result<ElfSections> read_elf(std::string_view file) {
    ElfSections out;
    const auto head = elf_at<Elf64_Ehdr>(file, 0);
    if (!head || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
        return Error::invalid("is no shared library");
    if (head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_ident[EI_DATA] != ELFDATA2LSB ||
        head->e_type != ET_DYN)
        return Error::invalid("is no shared library for 64 bits, little endian");
    out.head = *head;
    if (head->e_shoff == 0 || head->e_shnum == 0) return out;
    if (head->e_shentsize != sizeof(Elf64_Shdr) || head->e_shstrndx >= head->e_shnum ||
        head->e_shoff > file.size())
        return damaged();
    for (std::uint64_t i = 0; i < head->e_shnum; ++i) {
        const auto section = elf_at<Elf64_Shdr>(file, head->e_shoff + i * sizeof(Elf64_Shdr));
        if (!section) return damaged();
        out.all.push_back(*section);
    }
    const Elf64_Shdr& names = out.all[head->e_shstrndx];
    const auto text = elf_part(file, names.sh_offset, names.sh_size);
    if (!text) return damaged();
    out.names = *text;
    return out;
}

Result<std::vector<std::string>> exported_symbols(std::string_view file) {
    const auto sections = read_elf(file);
    if (!sections) return sections.error();
    std::vector<std::string> out;
    for (const Elf64_Shdr& section : sections->all) {
        if (section.sh_type != SHT_DYNSYM) continue;
        if (section.sh_link >= sections->all.size()) return damaged();
        const Elf64_Shdr& texts = sections->all[section.sh_link];
        const auto table = elf_part(file, section.sh_offset, section.sh_size);
        const auto names = elf_part(file, texts.sh_offset, texts.sh_size);
        if (!table || !names) return damaged();
        for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->size(); at += sizeof(Elf64_Sym)) {
            const auto symbol = elf_at<Elf64_Sym>(*table, at);
            const unsigned char bind = ELF64_ST_BIND(symbol->st_info);
            const bool version = symbol->st_shndx == SHN_ABS;  // the name of a version script's node
            if (symbol->st_shndx == SHN_UNDEF || version || bind == STB_LOCAL) continue;
            out.emplace_back(text_at(*names, symbol->st_name));
        }
    }
    return out;
}

}  // namespace tappet::plugin
