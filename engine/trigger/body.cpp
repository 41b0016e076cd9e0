#include "trigger/body.hpp"

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "http/inflate.hpp"
#include "trigger/fields.hpp"
#include "trigger/media_type.hpp"
#include "trigger/multipart.hpp"

namespace tappet::trigger {
namespace {

Body refused(int status, std::string code, std::string detail) {
    Body out;
    out.problem = Problem{status, std::move(code), std::move(detail), {}, 0, ""};
    return out;
}

Body json_body(std::string_view text) {
    const std::string_view json = behind_mark(text);
    JsonParsed parsed = parse_json(json);
    if (parsed.ok) return {std::move(parsed.value), {}};
    const JsonError& error = parsed.error;
    return refused(400, "invalid-json",
                   "the body is not JSON: " + error.message + " at byte " +
                       std::to_string(error.offset + text.size() - json.size()) + " (line " +
                       std::to_string(error.line) + ", column " + std::to_string(error.column) + ")");
}

/// Of charset names that are no UTF-8: whether their ASCII is none either, so that it only looks like a text.
bool is_wide(std::string_view charset) {
    return charset.starts_with("utf-16") || charset.starts_with("utf-32") || charset.starts_with("utf16") ||
           charset.starts_with("utf32") || charset.starts_with("ucs-");
}

Body text_body(std::string_view content_type, const std::string& text) {
    constexpr std::size_t kLongestShown = 40;
    const std::size_t bad = find_invalid_utf8(text);
    const std::string charset = media_type(parameter(content_type, "charset").value_or(""));
    const bool said = !charset.empty() && charset.size() <= kLongestShown && charset != "utf-8" &&
                      charset != "utf8" && charset != "us-ascii";
    if (said && (bad != std::string::npos || is_wide(charset)))
        return refused(415, "unsupported-charset",
                       "the body's charset is " + charset +
                           ", and only UTF-8 is read as text; send it as UTF-8, or as "
                           "application/octet-stream for its bytes");
    if (bad == std::string::npos) return {Value::string(text), {}};
    return refused(400, "invalid-text",
                   "the body is said to be text and is not UTF-8 at byte " + std::to_string(bad) +
                       "; send it as UTF-8, or as application/octet-stream for its bytes");
}

}  // namespace

std::string_view behind_mark(std::string_view json) {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    return json.starts_with(kMark) ? json.substr(kMark.size()) : json;
}

Result<Value> read_form(std::string_view text) {
    const Error unreadable = Error::invalid("has a malformed %-escape or is not UTF-8");
    std::size_t count = 0;
    FieldMap fields;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view field = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (field.empty()) continue;
        if (++count > kMaxFormFields)
            return Error::invalid("has more than " + std::to_string(kMaxFormFields) + " fields");
        const std::size_t equals = field.find('=');
        auto name = percent_decode(field.substr(0, equals), true);
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1), true);
        if (!name || !value) return unreadable;
        if (find_invalid_utf8(*name) != std::string::npos || find_invalid_utf8(*value) != std::string::npos)
            return unreadable;
        fields.add(std::move(*name), Value::string(*value));
    }
    return std::move(fields).take();
}

Body read_body(std::optional<std::string_view> content_type, const std::string& bytes) {
    if (bytes.empty()) return {};
    if (!content_type) {
        const std::string_view text = behind_mark(bytes);
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        if (first != std::string_view::npos && (text[first] == '{' || text[first] == '['))
            return json_body(bytes);
        if (find_invalid_utf8(bytes) == std::string::npos) return {Value::string(bytes), {}};
        return {Value::bytes(bytes), {}};
    }
    const std::string type = media_type(*content_type);
    if (is_json(type)) return json_body(bytes);
    if (type == "application/x-www-form-urlencoded") {
        auto form = read_form(bytes);
        if (form) return {std::move(*form), {}};
        return refused(400, "invalid-form", "the body is said to be a form and " + form.error().message);
    }
    if (type == "multipart/form-data") {
        auto parts = read_multipart(*content_type, bytes);
        if (parts) return {std::move(*parts), {}};
        return refused(400, "invalid-multipart",
                       "the body is said to be multipart/form-data and " + parts.error().message);
    }
    if (type.starts_with("multipart/"))
        return refused(415, "unsupported-media-type",
                       type + " is not taken; send multipart/form-data, JSON, a form, text or binary");
    if (type.starts_with("text/") || type == "application/xml" || type.ends_with("+xml"))
        return text_body(*content_type, bytes);
    return {Value::bytes(bytes), {}};
}

std::optional<Problem> undo_encoding(http::Request& request, std::uint64_t most) {
    const auto header = request.headers.get("content-encoding");
    if (!header) return std::nullopt;
    const std::string coding = media_type(*header);
    if (coding.empty() || coding == "identity") return std::nullopt;
    using http::Inflater;
    const bool gzip = coding == "gzip" || coding == "x-gzip";
    if (!gzip && coding != "deflate")
        return Problem{415,
                       "unsupported-encoding",
                       "Content-Encoding " + std::string(*header) +
                           " is not taken; send gzip, deflate or the "
                           "body as it is",
                       {},
                       0,
                       ""};
    Inflater inflater(gzip ? Inflater::Coding::gzip : Inflater::Coding::deflate, most);
    std::string plain;
    const auto status = inflater.feed(request.body, plain);
    if (status == Inflater::Status::too_large)
        return Problem{
            413, "too-large", "the body has more than " + std::to_string(most) + " bytes, unpacked",
            {},  0,           ""};
    if (status == Inflater::Status::corrupt || !inflater.complete())
        return Problem{
            400, "invalid-encoding", "the body is said to be " + coding + " and is not, or is cut", {}, 0,
            ""};
    if (inflater.overrun())
        return Problem{400, "invalid-encoding", "the body goes on behind the end of its " + coding, {}, 0,
                       ""};
    request.body = std::move(plain);
    return std::nullopt;
}

}  // namespace tappet::trigger
