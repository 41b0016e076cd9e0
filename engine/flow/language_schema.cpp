#include "flow/language_schema.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "flow/error_class.hpp"
#include "flow/verify_settings.hpp"

namespace tappet::flow {
namespace {

using Members = std::vector<MapEntry>;

Value text(std::string_view v) { return Value::string(v); }
Value of_type(std::string_view type) { return Value::object({{"type", text(type)}}); }
Value ref(std::string_view name) { return Value::object({{"$ref", text("#/$defs/" + std::string(name))}}); }
Value list_of(Value items) { return Value::object({{"type", text("array")}, {"items", std::move(items)}}); }
Value any_of(std::vector<Value> choices) {
    return Value::object({{"anyOf", Value::list(std::move(choices))}});
}
Value choice_of(std::vector<Value> choices) {
    return Value::object({{"enum", Value::list(std::move(choices))}});
}
template <class Texts>
Value enum_of(const Texts& texts) {
    std::vector<Value> out;
    for (const std::string_view one : texts) out.push_back(text(one));
    return choice_of(std::move(out));
}
Value described(Value schema, std::string_view words) {
    Members members(schema.entries().begin(), schema.entries().end());
    members.push_back({text("description"), text(words)});
    return Value::map(std::move(members));
}
Value object_of(std::initializer_list<std::pair<std::string_view, Value>> properties,
                std::vector<Value> required = {}) {
    return Value::object({{"type", text("object")},
                          {"properties", Value::object(properties)},
                          {"required", Value::list(std::move(required))},
                          {"additionalProperties", Value::boolean(false)}});
}

/// An object of these members alone, whatever their values.
Value closed(std::initializer_list<std::string_view> names) {
    Members members;
    for (const std::string_view name : names) members.push_back({text(name), Value::boolean(true)});
    return Value::object({{"type", text("object")},
                          {"properties", Value::map(std::move(members))},
                          {"additionalProperties", Value::boolean(false)}});
}

/// A text that an expression gives a value to, of whatever type.
Value template_text() { return Value::object({{"type", text("string")}, {"pattern", text("\\$\\{\\{")}}); }

/// A schema of JSON as a schema of what stands in a flow: at each place an expression may stand instead.
Value loosened(const Value& schema, int depth = 0) {
    if (!schema.is(Kind::map) || depth > 16) return Value::boolean(true);
    Members members;
    for (const MapEntry& entry : schema.entries()) {
        const std::string_view key = entry.key.as_string();
        if (key == "$schema" || key == "$id" || key == "secret") continue;
        if ((key == "properties" || key == "patternProperties") && entry.value.is(Kind::map)) {
            Members inner;
            for (const MapEntry& one : entry.value.entries())
                inner.push_back({one.key, loosened(one.value, depth + 1)});
            members.push_back({entry.key, Value::map(std::move(inner))});
        } else if (key == "items" || key == "additionalProperties") {
            members.push_back(
                {entry.key, entry.value.is(Kind::map) ? loosened(entry.value, depth + 1) : entry.value});
        } else if (key == "default" || key == "title" || key == "description" || key == "type" ||
                   key == "enum" || key == "required" || key == "minItems" || key == "maxItems" ||
                   key == "minLength" || key == "maxLength" || key == "minimum" || key == "maximum" ||
                   key == "pattern" || key == "const" || key == "additionalProperties") {
            members.push_back(entry);
        }  // what combines schemas is left to the compiler
    }
    if (depth == 0) return Value::map(std::move(members));
    const Value strict = Value::map(members);
    Members out{{text("anyOf"), Value::list({template_text(), strict})}};
    for (const char* shown : {"title", "description"})
        if (const Value* words = schema.find(shown)) out.push_back({text(shown), *words});
    return Value::map(std::move(out));
}

Value uses_and_with(const std::vector<std::pair<std::string, std::string>>& names, std::vector<Value>& rules,
                    const std::vector<std::shared_ptr<const Schema>>& schemas) {
    std::vector<Value> choices;
    for (std::size_t i = 0; i < names.size(); ++i) {
        choices.push_back(
            Value::object({{"const", text(names[i].first)}, {"description", text(names[i].second)}}));
        if (!schemas[i]) continue;
        const Value is_it = Value::object(
            {{"properties", Value::object({{"uses", Value::object({{"const", text(names[i].first)}})}})},
             {"required", Value::list({text("uses")})}});
        rules.push_back(Value::object(
            {{"if", is_it},
             {"then",
              Value::object({{"properties", Value::object({{"with", loosened(schemas[i]->json())}})}})}}));
    }
    return Value::object({{"type", text("string")}, {"oneOf", Value::list(std::move(choices))}});
}

Value duration() { return described(of_type("string"), "500ms, 5s, 10m, 2h, 3d, or ISO 8601"); }
Value condition() {
    return described(any_of({of_type("string"), of_type("boolean")}), "an expression (CEL)");
}

Value retry_fields() {
    return object_of({{"policy", of_type("string")},
                      {"maxAttempts", of_type("integer")},
                      {"initial", duration()},
                      {"factor", of_type("number")},
                      {"cap", duration()},
                      {"maxElapsed", duration()},
                      {"jitter", enum_of(std::array<std::string_view, 3>{"none", "full", "equal"})},
                      {"on", list_of(enum_of(error_class_names()))},
                      {"retryAfter", enum_of(std::array<std::string_view, 2>{"honour", "ignore"})},
                      {"whenExhausted", of_type("string")}});
}

Value step(const Catalog& catalog) {
    std::vector<std::pair<std::string, std::string>> names;
    std::vector<std::shared_ptr<const Schema>> inputs;
    for (const std::string& name : catalog.action_names()) {
        const auto action = catalog.action(name);
        names.emplace_back(name, action->title.empty() ? action->description : action->title);
        inputs.push_back(action->input);
    }
    std::vector<Value> rules;
    Value uses = uses_and_with(names, rules, inputs);
    const Value steps = ref("steps");
    Members members{
        {text("type"), text("object")},
        {text("properties"),
         Value::object(
             {{"id", described(of_type("string"), "unique in the flow; else made of the name")},
              {"name", of_type("string")},
              {"uses", std::move(uses)},
              {"with", Value::boolean(true)},
              {"connection", of_type("string")},
              {"if", condition()},
              {"retry", any_of({of_type("string"), ref("retry")})},
              {"timeout", duration()},
              {"onError", any_of({enum_of(std::array<std::string_view, 2>{"fail", "continue"}), steps})},
              {"forEach", described(of_type("string"), "an expression that gives a list")},
              {"as", of_type("string")},
              {"maxParallel", of_type("integer")},
              {"onItemError", enum_of(std::array<std::string_view, 3>{"stop", "continue", "collect"})},
              {"do", steps},
              {"respond", closed({"status", "headers", "body", "contentType"})},
              {"stop", closed({"status", "message"})},
              {"break", of_type("boolean")},
              {"continue", of_type("boolean")}})}};
    members.push_back({text("additionalProperties"), Value::boolean(false)});
    if (!rules.empty()) members.push_back({text("allOf"), Value::list(std::move(rules))});
    return Value::map(std::move(members));
}

Value verify() {
    std::vector<Value> rules;
    Members properties{{text("preset"), enum_of(kVerifyPresets)}};
    for (const VerifySetting& setting : kVerifySettings) {
        std::vector<Value> takers;
        for (const std::string_view preset : kVerifyPresets)
            if (setting.belongs_to(preset)) takers.push_back(text(preset));
        properties.push_back({text(setting.key), described(of_type(setting.type), setting.words)});
        rules.push_back(Value::object(
            {{"if", Value::object({{"required", Value::list({text(setting.key)})}})},
             {"then", Value::object({{"properties", Value::object({{"preset", choice_of(takers)}})}})}}));
    }
    return Value::object({{"type", text("object")},
                          {"properties", Value::map(std::move(properties))},
                          {"required", Value::list({text("preset")})},
                          {"additionalProperties", Value::boolean(false)},
                          {"allOf", Value::list(std::move(rules))}});
}

Value concurrency() {
    return object_of({{"key", condition()},
                      {"limit", of_type("integer")},
                      {"onLimit", enum_of(std::array<std::string_view, 3>{"queue", "reject", "supersede"})}});
}

Value trigger(const Catalog& catalog) {
    std::vector<std::pair<std::string, std::string>> names;
    std::vector<std::shared_ptr<const Schema>> settings;
    for (const std::string& name : catalog.trigger_names()) {
        const auto known = catalog.trigger(name);
        names.emplace_back(name, known->title.empty() ? known->description : known->title);
        settings.push_back(known->settings);
    }
    std::vector<Value> rules;
    Value uses = uses_and_with(names, rules, settings);
    Members members{
        {text("type"), text("object")},
        {text("properties"),
         Value::object({{"id", of_type("string")},
                        {"uses", std::move(uses)},
                        {"with", Value::boolean(true)},
                        {"connection", of_type("string")},
                        {"filter", condition()},
                        {"dedupe", closed({"key", "window"})},
                        {"input", closed({"schema"})},
                        {"respond", closed({"mode", "status", "timeout"})},
                        {"verify", verify()},
                        {"methods", list_of(of_type("string"))},
                        {"path", of_type("string")},
                        {"split", of_type("boolean")},
                        {"poll", object_of({{"every", duration()}, {"limit", of_type("integer")}})}})},
        {text("required"), Value::list({text("id"), text("uses")})}};
    members.push_back({text("additionalProperties"), Value::boolean(false)});
    if (!rules.empty()) members.push_back({text("allOf"), Value::list(std::move(rules))});
    return Value::map(std::move(members));
}

Value notify() {
    const Value what = enum_of(std::array<std::string_view, 3>{"end", "failure", "wait"});
    const Value parts = enum_of(std::array<std::string_view, 2>{"outputs", "labels"});
    return object_of(
        {{"id", described(of_type("string"), "needed where a flow has several addresses")},
         {"on", described(list_of(what), "of what: [end] by default")},
         {"url", described(of_type("string"), "an http or https address; sees configVars and secrets")},
         {"secrets", described(list_of(of_type("string")), "one, or two while one replaces the other")},
         {"include",
          described(list_of(parts), "what messages hold of the run: [outputs, labels] by default")}},
        {text("url"), text("secrets")});
}

}  // namespace

Value language_schema(const Catalog& catalog) {
    const Value retry_policies = Value::object(
        {{"type", text("object")},
         {"properties", Value::object({{"retry", Value::object({{"type", text("object")},
                                                                {"additionalProperties", ref("retry")}})}})},
         {"additionalProperties", Value::boolean(false)}});
    return Value::object(
        {{"$schema", text("https://json-schema.org/draft/2020-12/schema")},
         {"title", text("A flow of Tappet")},
         {"type", text("object")},
         {"required", Value::list({text("flow"), text("triggers"), text("steps")})},
         {"properties",
          Value::object({{"flow", Value::object({{"type", text("string")},
                                                 {"pattern", text("^[a-z0-9]+(-[a-z0-9]+)*$")}})},
                         {"title", of_type("string")},
                         {"description", of_type("string")},
                         {"labels", of_type("object")},
                         {"config", of_type("object")},
                         {"connections", of_type("object")},
                         {"policies", retry_policies},
                         {"triggers", list_of(ref("trigger"))},
                         {"concurrency", concurrency()},
                         {"timeout", duration()},
                         {"steps", ref("steps")},
                         {"onError", ref("steps")},
                         {"outputs", of_type("object")},
                         {"notify", list_of(ref("notify"))}})},
         {"additionalProperties", Value::boolean(false)},
         {"$defs", Value::object({{"retry", retry_fields()},
                                  {"notify", notify()},
                                  {"step", step(catalog)},
                                  {"steps", list_of(ref("step"))},
                                  {"trigger", trigger(catalog)}})}});
}

}  // namespace tappet::flow
