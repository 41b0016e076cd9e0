#include "flow/yaml_strict.hpp"

#include <algorithm>

namespace tappet::flow {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::size_t begin_of_line(std::string_view source, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : source.rfind('\n', at - 1);
    return before == std::string_view::npos ? 0 : before + 1;
}

/// How far what begins at `at` is indented, with the dashes and question marks before it.
std::size_t indent_of(std::string_view source, std::size_t at) {
    const std::size_t begin = begin_of_line(source, at);
    const std::size_t text = source.find_first_not_of(" -?", begin);
    return std::min(at, text) - begin;
}

/// Whether a `?` stands before the key, alone or on its line: the colon may then come lines later.
bool is_explicit(std::string_view source, std::size_t begin) {
    const std::size_t before =
        begin == 0 ? std::string_view::npos : source.find_last_not_of(" \t\r\n", begin - 1);
    if (before != std::string_view::npos && source[before] == '?') return true;
    const std::string_view line = source.substr(begin_of_line(source, begin));
    const std::size_t first = line.find_first_not_of(" -");
    return first != std::string_view::npos && line[first] == '?';
}

}  // namespace

std::optional<YamlFault> loose_block_head(std::string_view source, std::size_t at) {
    const std::size_t end = source.find_first_not_of("|>+-0123456789", at);
    if (end == std::string_view::npos || source[end] != '#') return std::nullopt;
    return YamlFault{end, end + 1, "yaml-syntax", "a comment needs a blank before it", {}};
}

std::optional<YamlFault> shallow_line(std::string_view source, std::size_t begin, std::size_t end,
                                      std::size_t holder) {
    const std::size_t least = indent_of(source, holder);
    for (std::size_t at = source.find('\n', begin); at < end; at = source.find('\n', at)) {
        const std::size_t line = ++at;
        const std::size_t text = source.find_first_not_of(kBlank, line);
        if (text >= end || source[text] == '\n' || text - line > least) continue;
        return YamlFault{text,
                         text + 1,
                         "yaml-syntax",
                         "this line belongs to a quoted text: indent it more than what holds the text",
                         {}};
    }
    return std::nullopt;
}

std::optional<YamlFault> key_without_colon(std::string_view source, std::size_t begin, std::size_t end) {
    const std::size_t next = source.find_first_not_of(kBlank, end);
    if (next != std::string_view::npos && source[next] == ':') return std::nullopt;
    if (is_explicit(source, begin)) return std::nullopt;
    return YamlFault{begin, end, "yaml-syntax", "a key needs a colon behind it", {}};
}

}  // namespace tappet::flow
