#include <array>

#include "expr/json.hpp"
#include "flowtest/reader.hpp"

namespace tappet::flowtest {

using flow::Fields;
using flow::YamlKind;
using flow::YamlNode;
using flow::YamlPair;

namespace {

constexpr std::array<std::string_view, 6> kEventKeys{"body", "file", "headers", "query", "method", "after"};

void wrong_type(SuiteReader& reader, const YamlPair& pair, std::string_view wanted) {
    reader.findings.error(pair.value.range, "wrong-type",
                          "`" + pair.key + "` must be " + std::string(wanted) + ", this is " +
                              std::string(kind_text(pair.value)));
}

Value read_fixture(SuiteReader& reader, const YamlPair& pair, const std::string& path) {
    const auto text = reader.fixture(path);
    if (!text) {
        reader.findings.error(pair.value.range, "no-such-file", text.error().message);
        return {};
    }
    JsonParsed parsed = parse_json(*text);
    if (!parsed.ok)
        reader.findings.error(pair.value.range, "no-json",
                              path + ":" + std::to_string(parsed.error.line) + ":" +
                                  std::to_string(parsed.error.column) +
                                  ": an event's body is read as JSON: " + parsed.error.message);
    return std::move(parsed.value);
}

std::string lower(std::string_view name) {
    std::string out;
    for (const char c : name) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

void read_headers(SuiteReader& reader, const YamlPair& pair, http::Headers& out) {
    if (!pair.value.is(YamlKind::mapping)) return wrong_type(reader, pair, "a map of header fields");
    for (const YamlPair& field : pair.value.pairs) {
        if (!field.value.is_scalar() || field.value.is(YamlKind::null))
            wrong_type(reader, field, "a string");
        else
            out.add(lower(field.key), field.value.text);
    }
}

Value read_query(SuiteReader& reader, const YamlPair& pair) {
    if (!pair.value.is(YamlKind::mapping)) {
        wrong_type(reader, pair, "a map of parameters");
        return Value::object({});
    }
    std::vector<MapEntry> out;
    for (const YamlPair& parameter : pair.value.pairs) {
        std::vector<Value> values;
        const bool several = parameter.value.is(YamlKind::sequence);
        for (const YamlNode& item :
             several ? parameter.value.items : std::vector<YamlNode>{parameter.value}) {
            if (!item.is_scalar()) wrong_type(reader, parameter, "a string, or a list of strings");
            values.push_back(Value::string(item.text));
        }
        out.push_back({Value::string(parameter.key),
                       several ? Value::list(std::move(values)) : std::move(values.front())});
    }
    return Value::map(std::move(out));
}

SentEvent read_event(SuiteReader& reader, const YamlNode& node) {
    SentEvent out;
    out.query = Value::object({});
    out.at = node.range;
    if (!node.is(YamlKind::mapping) || node.pairs.size() != 1) {
        reader.findings.error(
            node.range, "wrong-type",
            "an event is a map of one trigger's id to what is sent, such as { received: { body: … } }; "
            "several are a list");
        return out;
    }
    const YamlPair& event = node.pairs.front();
    out.trigger = event.key;
    out.at = event.key_range;
    if (event.value.is(YamlKind::null)) return out;
    const Fields fields(reader.findings, event.value, "an event", kEventKeys);
    if (!fields.valid()) return out;
    const YamlPair* body = fields.get("body");
    const YamlPair* file = fields.get("file");
    if (body && file)
        reader.findings.error(file->key_range, "wrong-value",
                              "an event has a `body`, or a `file` that holds it, not both");
    if (body) out.body = to_value(body->value);
    if (file)
        if (const auto path = fields.text("file")) out.body = read_fixture(reader, *file, *path);
    if (const YamlPair* headers = fields.get("headers")) read_headers(reader, *headers, out.headers);
    if (const YamlPair* query = fields.get("query")) out.query = read_query(reader, *query);
    out.method = fields.text("method").value_or("");
    out.by_http = fields.get("headers") || fields.get("query") || fields.get("method");
    out.after = fields.duration("after").value_or(std::chrono::milliseconds(0));
    return out;
}

}  // namespace

std::vector<SentEvent> read_events(SuiteReader& reader, const YamlPair& pair) {
    std::vector<SentEvent> out;
    if (!pair.value.is(YamlKind::sequence)) {
        out.push_back(read_event(reader, pair.value));
        return out;
    }
    for (const YamlNode& item : pair.value.items) out.push_back(read_event(reader, item));
    if (out.empty())
        reader.findings.error(pair.value.range, "wrong-type", "`trigger` must name at least one event");
    return out;
}

}  // namespace tappet::flowtest
