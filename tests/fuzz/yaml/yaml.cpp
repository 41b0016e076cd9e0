// Whatever is read has a JSON value that prints, and every character of its texts has a place in the source;
// whatever is refused is refused at a place in the source.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "expr/json.hpp"
#include "flow/yaml.hpp"

namespace {

using namespace tappet;
using namespace tappet::flow;

void demand(bool holds) {
    if (!holds) std::abort();
}

bool inside(const Position& place, std::size_t lines) {
    return place.line >= 1 && place.column >= 1 && place.line <= lines;
}

void check_node(std::string_view source, std::size_t lines, const YamlNode& node) {
    demand(node.offset <= source.size());
    demand(inside(node.range.begin, lines) && inside(node.range.end, lines));
    demand(node.range.begin <= node.range.end);
    if (node.is_scalar()) {
        const auto points = std::count_if(node.text.begin(), node.text.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        });
        const auto places = text_positions(source, node);
        demand(places.size() == static_cast<std::size_t>(points) + 1);
        for (const Position& place : places) demand(inside(place, lines));
    }
    for (const YamlNode& item : node.items) check_node(source, lines, item);
    for (const YamlPair& pair : node.pairs) {
        demand(inside(pair.key_range.begin, lines) && pair.key_range.begin <= pair.key_range.end);
        check_node(source, lines, pair.value);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view source(reinterpret_cast<const char*>(data), size);
    const auto lines = static_cast<std::size_t>(std::count(source.begin(), source.end(), '\n')) + 1;
    const YamlDocument document = read_yaml("fuzz.yaml", source);
    for (const Diagnostic& finding : document.findings) {
        demand(!finding.message.empty() && !finding.code.empty());
        demand(inside(finding.range.begin, lines) && finding.range.begin <= finding.range.end);
    }
    if (!document.root) return 0;
    check_node(source, lines, *document.root);
    if (document.findings.empty()) demand(static_cast<bool>(write_json(to_value(*document.root))));
    return 0;
}
