#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actions.hpp"
#include "path.hpp"

namespace core {
namespace {

using tappet::sdk::Error;

/// The object that is being built: members in the order in which their first field was set.
struct Node {
    struct Member;
    std::optional<View> leaf;  ///< else it is an object
    std::vector<Member> members;
    Node& child(const std::string& key);
    Json json() const;
};
struct Node::Member {
    std::string key;
    Node node;
};

Node& Node::child(const std::string& key) {
    for (Member& member : members)
        if (member.key == key) return member.node;
    members.push_back({key, Node{}});
    return members.back().node;
}

Json Node::json() const {
    if (leaf) return Json(*leaf);
    Json out = Json::object();
    for (const Member& member : members) out.set(member.key, member.node.json());
    return out;
}

[[noreturn]] void wrong(std::size_t field, const std::string& what, const char* code) {
    throw Error::validation("fields[" + std::to_string(field) + "]: " + what).code(code);
}

std::vector<PathPart> path_at(std::size_t field, View text, const char* key) {
    auto path = parse_path(text.string());
    if (!path)
        wrong(field, std::string(key) + " \"" + std::string(text.string()) + "\" is no path such as a.b[0].c",
              "map.path");
    return std::move(*path);
}

/// The value at a path; absent where there is none. A null on the way is absent behind.
View find(View source, const std::vector<PathPart>& path) {
    for (const PathPart& part : path) {
        if (part.index && !source.is_list()) return {};
        source = part.index ? source.at(*part.index) : source[part.key];
        if (!source) return {};
    }
    return source;
}

void put(Node& root, std::size_t field, const std::vector<PathPart>& path, View value) {
    Node* at = &root;
    for (const PathPart& part : path) {
        if (part.index) wrong(field, "`to` names keys, not indexes", "map.path");
        if (at->leaf) wrong(field, "`to` leads through a field that is set already", "map.path");
        at = &at->child(part.key);
    }
    if (!at->members.empty()) wrong(field, "`to` names an object that other fields build", "map.path");
    at->leaf = value;
}

void map_field(Node& out, View source, std::size_t number, View field) {
    const auto from = path_at(number, field["from"], "from");
    const auto to = path_at(number, field["to"], "to");
    const View found = find(source, from);
    if (found) return put(out, number, to, found);
    const View rule = field["onMissing"];
    const std::string_view then =
        rule ? rule.string_or("null") : "error";  // a YAML null and "null" are the same
    if (then == "skip") return;
    if (then == "null") return put(out, number, to, View());
    if (then == "default") {
        const View fallback = field["default"];
        if (!fallback) wrong(number, "onMissing is default, but there is no default", "map.default");
        return put(out, number, to, fallback);
    }
    wrong(number, "the source has no \"" + std::string(field["from"].string()) + "\"", "map.missing");
}

}  // namespace

Json map(const Context&, View input) {
    const View value = input["value"], source = input["source"], fields = input["fields"];
    if (value && (source || fields))
        throw Error::validation("give value, or source and fields, not both").code("map.input");
    if (value) return Json(value);
    if (!source || !fields) throw Error::validation("give value, or source and fields").code("map.input");
    Node out;
    for (std::size_t i = 0; i < fields.size(); ++i) map_field(out, source, i, fields.at(i));
    return out.json();
}

}  // namespace core
