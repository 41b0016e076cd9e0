#include "app/plugin_page.hpp"

#include "app/document.hpp"
#include "app/schema_text.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::app {
namespace {

/// A text of a manifest inside a cell of a table: on one line, its bars kept from ending the cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return printable(out);
}

std::string json_of(const Value& value, int indent = 0) {
    std::string out;
    append_json(out, value, {Secrets::redact, indent});
    return out;
}

/// The members that a schema knows, at any depth. `given`: they are an author's to give, and may have
/// defaults.
void schema_table(std::string& out, const Value& entry, std::string_view key, std::string_view title,
                  bool given) {
    const Value* schema = entry.find(key);
    const auto members = schema ? members_of(*schema) : std::vector<SchemaMember>();
    if (members.empty()) return;
    out += "\n| " + std::string(title) + " | type |" + (given ? " default |" : "") + " |\n| --- | --- |" +
           (given ? " --- |" : "") + " --- |\n";
    for (const SchemaMember& member : members) {
        const Value* fallback = member.schema->find("default");
        std::string text = text_of(*member.schema, "title");
        if (const std::string more = text_of(*member.schema, "description"); !more.empty())
            text += (text.empty() ? "" : ". ") + more;
        const std::string bounds = bounds_of(*member.schema);
        out += "| `" + cell(member.path) + "`" +
               (member.required ? given ? " (required)" : " (always)" : "") + " | " +
               cell(type_of(*member.schema) + (bounds.empty() ? "" : ", " + bounds)) + " | " +
               (given ? (fallback ? "`" + cell(json_of(*fallback)) + "`" : "") + " | " : std::string()) +
               cell(text) + " |\n";
    }
}

void names_line(std::string& out, const Value& entry, std::string_view key, std::string_view title) {
    const Value* list = entry.find(key);
    if (!list || list->is_null()) return;
    std::string names;
    const auto add = [&](const Value& one) {
        if (one.is(Kind::string)) names += (names.empty() ? "`" : ", `") + cell(one.as_string()) + "`";
    };
    if (list->is(Kind::list))
        for (const Value& one : list->items()) add(one);
    else
        add(*list);
    if (!names.empty()) out += "\n" + std::string(title) + ": " + names + "\n";
}

void sample(std::string& out, const std::string& name, const Value& entry) {
    for (const Value& one : items_of(entry, "samples")) {
        const Value* input = one.find("input");
        const Value* results = one.find("results");
        const Value* body = one.find("body");
        out += "\n" + (text_of(one, "title").empty() ? std::string("Sample") : cell(text_of(one, "title"))) +
               ":\n\n```yaml\n";
        if (input) out += "- { id: sample, uses: " + name + ", with: " + json_of(*input) + " }\n";
        if (results) out += "# stepResults.sample.results: " + json_of(*results) + "\n";
        if (body) out += "# trigger.body: " + json_of(*body) + "\n";
        out += "```\n";
        return;
    }
}

void entry_section(std::string& out, const std::string& plugin, const Value& entry) {
    const std::string name = plugin + "/" + shown_of(entry, "name");
    out += "\n## " + name + "\n\n" + cell(text_of(entry, "title"));
    if (const std::string text = text_of(entry, "description"); !text.empty()) out += ". " + cell(text);
    out += "\n";
    std::string marks;
    const auto mark = [&](const char* flag, const char* text) {
        const Value* value = entry.find(flag);
        if (value && value->is(Kind::boolean) && value->as_boolean())
            marks += std::string(marks.empty() ? "" : "; ") + text;
    };
    if (const std::string kind = shown_of(entry, "kind"); !kind.empty()) marks = "Trigger of kind " + kind;
    mark("pure", "Pure: the same input gives the same result and nothing else happens");
    mark("idempotent", "Idempotent: repeating it with the same key does no harm");
    mark("handles", "The plugin verifies and reads the requests itself");
    if (!marks.empty()) out += "\n" + marks + ".\n";
    schema_table(out, entry, "input", "`with`", true);
    schema_table(out, entry, "settings", "`with`", true);
    schema_table(out, entry, "output", "results", false);
    schema_table(out, entry, "body", "`trigger.body`", false);
    names_line(out, entry, "connection", "Connection");
    names_line(out, entry, "scopes", "Scopes");
    names_line(out, entry, "events", "Events");
    const auto errors = items_of(entry, "errors");
    if (!errors.empty()) out += "\n| error | code | when |\n| --- | --- | --- |\n";
    for (const Value& error : errors)
        out += "| `" + cell(text_of(error, "class")) + "` | " + cell(text_of(error, "code")) + " | " +
               cell(text_of(error, "when")) + " |\n";
    sample(out, name, entry);
}

}  // namespace

std::string plugin_page(const plugin::Manifest& manifest) {
    std::string out = "# " + manifest.name + " " + cell(manifest.version) +
                      "\n\nMade by `tappet plugin docs` from the plugin's manifest.\n";
    if (const std::string text = text_of(manifest.json, "description"); !text.empty())
        out += "\n" + cell(text) + "\n";
    const auto connections = items_of(manifest.json, "connections");
    if (!connections.empty()) out += "\n| connection | type | |\n| --- | --- | --- |\n";
    for (const Value& connection : connections)
        out += "| `" + cell(text_of(connection, "name")) + "` | " + cell(text_of(connection, "type")) +
               " | " + cell(text_of(connection, "title")) + " |\n";
    for (const Value& connection : connections) {
        schema_table(out, connection, "fields", "settings of `" + cell(text_of(connection, "name")) + "`",
                     true);
        if (const Value* attach = connection.find("attach"))
            out += "\nAttached to requests: `" + cell(json_of(*attach)) + "`\n";
    }
    for (const char* list : {"triggers", "actions"})
        for (const Value& entry : items_of(manifest.json, list)) entry_section(out, manifest.name, entry);
    return out;
}

}  // namespace tappet::app
