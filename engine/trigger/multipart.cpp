#include "trigger/multipart.hpp"

#include <optional>
#include <string>
#include <utility>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "http/message.hpp"
#include "trigger/body.hpp"
#include "trigger/fields.hpp"
#include "trigger/media_type.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kMaxBoundary = 70;  ///< bytes, RFC 2046 section 5.1.1

struct Part {
    std::string name;
    std::optional<std::string> filename;
    std::string type;
    std::string_view content;
};

/// The header fields of a part; false when one has no name.
bool read_head(std::string_view head, Part& part) {
    bool named = false;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
        if (http::same_name(name, "content-type")) part.type = value;
        if (!http::same_name(name, "content-disposition") || media_type(value) != "form-data") continue;
        const auto field = parameter(value, "name");
        if (!field) return false;
        part.name = *field;
        part.filename = parameter(value, "filename");
        named = true;
    }
    return named;
}

Result<Value> value_of(const Part& part) {
    if (part.filename)
        return Value::object({{"filename", Value::string(*part.filename)},
                              {"contentType", part.type.empty() ? Value::null() : Value::string(part.type)},
                              {"content", Value::bytes(part.content)}});
    if (is_json(media_type(part.type))) {
        JsonParsed parsed = parse_json(behind_mark(part.content));
        if (parsed.ok) return std::move(parsed.value);
        return Error::invalid("has a field \"" + part.name +
                              "\" that is said to be JSON: " + parsed.error.message);
    }
    const bool text = find_invalid_utf8(part.content) == std::string_view::npos;
    return text ? Value::string(part.content) : Value::bytes(part.content);
}

Result<Part> read_part(std::string_view section, std::size_t number) {
    const std::string which = "part " + std::to_string(number);
    Part part;
    const std::size_t head = section.starts_with("\r\n") ? 0 : section.find("\r\n\r\n");
    if (head == std::string_view::npos) return Error::invalid("has no end of the header fields of " + which);
    if (head > kMaxPartHead)
        return Error::invalid("has more than " + std::to_string(kMaxPartHead) +
                              " bytes of header fields in " + which);
    if (!read_head(section.substr(0, head), part))
        return Error::invalid("has no Content-Disposition: form-data with a name in " + which);
    for (const std::string* text : {&part.name, &part.type})
        if (find_invalid_utf8(*text) != std::string::npos)
            return Error::invalid("has header fields that are not UTF-8 in " + which);
    if (part.filename) make_utf8(*part.filename);
    part.content = section.substr(head == 0 ? 2 : head + 4);
    return part;
}

}  // namespace

Result<Value> read_multipart(std::string_view type, std::string_view body) {
    const auto boundary = parameter(type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary)
        return Error::invalid("has no boundary of 1 to 70 characters in Content-Type");
    const std::string delimiter = "\r\n--" + *boundary;
    FieldMap fields;
    // The first delimiter may be the very beginning.
    std::size_t at = body.starts_with(std::string_view(delimiter).substr(2)) ? 0 : body.find(delimiter);
    if (at == std::string_view::npos) return Error::invalid("has no line --" + *boundary);
    at += at == 0 && !body.starts_with(delimiter) ? delimiter.size() - 2 : delimiter.size();
    for (std::size_t number = 1;; ++number) {
        if (body.substr(at).starts_with("--")) return std::move(fields).take();
        while (at < body.size() && (body[at] == ' ' || body[at] == '\t')) ++at;
        if (!body.substr(at).starts_with("\r\n"))
            return Error::invalid("has more than the boundary in the line before part " +
                                  std::to_string(number));
        if (number > kMaxParts)
            return Error::invalid("has more than " + std::to_string(kMaxParts) + " parts");
        at += 2;
        // A part without content ends with the line break that ends its head.
        const std::size_t end = body.find(delimiter, at >= 2 ? at - 2 : at);
        if (end == std::string_view::npos)
            return Error::invalid("has no end of part " + std::to_string(number) + ": --" + *boundary + "--");
        const auto part = read_part(body.substr(at, end > at ? end - at : 0), number);
        if (!part) return part.error();
        auto value = value_of(*part);
        if (!value) return value.error();
        fields.add(part->name, std::move(*value));
        at = end + delimiter.size();
    }
}

}  // namespace tappet::trigger
