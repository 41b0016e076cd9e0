#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "http/message.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// A request's body as flows see it, or why it can't be read (400, 415).
struct Body {
    Value value;
    std::optional<Problem> problem;
};

/// Reads a body by its Content-Type: JSON (application/json, anything +json), forms (a map; a repeated name
/// gives a list), text and XML (a string), everything else bytes; an empty body is null. Without a
/// Content-Type, a body that begins with `{` or `[` is JSON, other valid UTF-8 text, the rest bytes. Pure.
Body read_body(std::optional<std::string_view> content_type, const std::string& bytes);

/// A JSON text without the byte order mark that RFC 8259 lets a reader overlook; a view into it.
std::string_view behind_mark(std::string_view json);

/// Puts the plain bytes in the place of a gzip or deflate body, at most `most` of them; says why it can't
/// (400, 413, 415). Signatures are over what was sent: after verification.
std::optional<Problem> undo_encoding(http::Request& request, std::uint64_t most);

inline constexpr std::size_t kMaxFormFields = 10'000;

/// "a=1&b=2&b=3" as a map, percent-decoded. Fails as invalid when an escape is malformed, the text is no
/// UTF-8 or there are more than kMaxFormFields; the message continues a sentence: "has more than …".
Result<Value> read_form(std::string_view text);

}  // namespace tappet::trigger
