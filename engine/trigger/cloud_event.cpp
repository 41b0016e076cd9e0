#include "trigger/cloud_event.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/body.hpp"
#include "trigger/media_type.hpp"

namespace tappet::trigger {
namespace {

using Events = std::variant<std::vector<CloudEvent>, Problem>;
using Event = std::variant<CloudEvent, Problem>;

constexpr std::string_view kPrefix = "ce-";
constexpr std::array<std::string_view, 4> kRequired{"id", "source", "specversion", "type"};

Problem broken(std::string detail, std::string pointer = "") {
    Problem out{400, "invalid-cloudevent", "this is no CloudEvent: " + detail, {}, 0, ""};
    if (!pointer.empty()) out.errors.push_back({std::move(pointer), std::move(detail)});
    return out;
}

/// A header's value as an attribute (section 3.1.3.2): without quotes, %-escapes decoded.
std::optional<std::string> attribute_of(std::string_view header) {
    std::string plain;
    if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
        header = header.substr(1, header.size() - 2);
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (header[i] == '\\' && i + 1 < header.size()) ++i;
            plain += header[i];
        }
        header = plain;
    }
    auto decoded = percent_decode(header);
    if (!decoded || find_invalid_utf8(*decoded) != std::string::npos) return std::nullopt;
    return decoded;
}

/// What speaks against the attributes, or nothing; then the event's key is made.
std::optional<Problem> check(CloudEvent& event, const std::string& place) {
    for (const std::string_view name : kRequired) {
        const Value* value = event.attributes.find(name);
        if (!value) return broken("it has no attribute " + std::string(name), place);
        if (!value->is(Kind::string) || value->size() == 0)
            return broken("the attribute " + std::string(name) + " is no text, or empty",
                          place.empty() ? place : place + "/" + std::string(name));
    }
    const std::string_view version = event.attributes.find("specversion")->as_string();
    if (version != "1.0")
        return broken("specversion is " + std::string(version) + ", and 1.0 is what is read here",
                      place.empty() ? place : place + "/specversion");
    event.key =
        cloud_key(event.attributes.find("source")->as_string(), event.attributes.find("id")->as_string());
    return std::nullopt;
}

Events read_binary(const http::Request& request) {
    std::vector<MapEntry> attributes;
    for (const auto& [name, text] : request.headers.items()) {
        if (!name.starts_with(kPrefix)) continue;
        const auto value = attribute_of(text);
        if (!value) return broken("the header " + name + " has a malformed %-escape or is not UTF-8");
        attributes.push_back({Value::string(name.substr(kPrefix.size())), Value::string(*value)});
    }
    const auto type = request.headers.get("content-type");
    if (type) attributes.push_back({Value::string("datacontenttype"), Value::string(*type)});
    CloudEvent event{Value::map(std::move(attributes)), {}, {}};
    if (auto problem = check(event, "")) return std::move(*problem);
    Body body = read_body(type, request.body);
    if (body.problem) return std::move(*body.problem);
    event.data = std::move(body.value);
    std::vector<CloudEvent> out;
    out.push_back(std::move(event));
    return out;
}

/// The bytes of data_base64, read as their type says.
std::variant<Value, Problem> read_data(const Value& base64, const Value* type, const std::string& place) {
    const auto bytes = base64.is(Kind::string) ? from_base64(base64.as_string()) : std::nullopt;
    if (!bytes) return broken("data_base64 is no base64", place + "/data_base64");
    if (!type || !type->is(Kind::string)) return Value::bytes(*bytes);
    Body body = read_body(type->as_string(), *bytes);
    if (body.problem) return std::move(*body.problem);
    return std::move(body.value);
}

Event read_structured(const Value& json, const std::string& place) {
    if (!json.is(Kind::map)) return broken("it is no JSON object", place);
    CloudEvent event;
    std::vector<MapEntry> attributes;
    const Value* base64 = nullptr;
    for (const MapEntry& member : json.entries()) {
        const std::string_view name = member.key.as_string();
        if (name == "data")
            event.data = member.value;
        else if (name == "data_base64")
            base64 = &member.value;
        else if (member.value.is(Kind::list) || member.value.is(Kind::map))
            return broken("the attribute " + std::string(name) + " is a list or an object",
                          place + "/" + std::string(name));
        else if (!member.value.is_null())
            attributes.push_back(member);
    }
    event.attributes = Value::map(std::move(attributes));
    if (auto problem = check(event, place)) return std::move(*problem);
    if (!base64) return event;
    if (json.find("data")) return broken("it has both data and data_base64", place);
    auto data = read_data(*base64, event.attributes.find("datacontenttype"), place);
    if (auto* problem = std::get_if<Problem>(&data)) return std::move(*problem);
    event.data = std::move(std::get<Value>(data));
    return event;
}

}  // namespace

std::string cloud_key(std::string_view source, std::string_view id) {
    return "ce\n" + std::to_string(source.size()) + "\n" + std::string(source) + std::string(id);
}

CloudMode cloud_mode(const http::Headers& headers) {
    const std::string type = media_type(headers.get("content-type").value_or(""));
    if (type == "application/cloudevents-batch+json") return CloudMode::batch;
    if (type == "application/cloudevents+json") return CloudMode::structured;
    return headers.get("ce-specversion") ? CloudMode::binary : CloudMode::none;
}

Events read_cloud_events(CloudMode mode, const http::Request& request) {
    if (mode == CloudMode::binary) return read_binary(request);
    const Body body = read_body("application/json", request.body);
    if (body.problem) return *body.problem;
    std::vector<CloudEvent> out;
    if (mode == CloudMode::structured) {
        auto event = read_structured(body.value, "");
        if (auto* problem = std::get_if<Problem>(&event)) return std::move(*problem);
        out.push_back(std::move(std::get<CloudEvent>(event)));
        return out;
    }
    if (!body.value.is(Kind::list)) return broken("a batch is a JSON list");
    for (const Value& item : body.value.items()) {
        auto event = read_structured(item, "/" + std::to_string(out.size()));
        if (auto* problem = std::get_if<Problem>(&event)) return std::move(*problem);
        out.push_back(std::move(std::get<CloudEvent>(event)));
    }
    return out;
}

}  // namespace tappet::trigger
