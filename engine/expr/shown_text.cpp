#include "expr/shown_text.hpp"

#include "expr/json.hpp"

namespace tappet {

std::string shown_text(const Value& value) {
    if (value.secret()) return "••••";
    if (value.is(Kind::string)) return std::string(value.as_string());
    std::string out;
    append_json(out, value);
    return out;
}

}  // namespace tappet
