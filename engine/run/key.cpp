#include "run/key.hpp"

#include <cmath>

#include "expr/json.hpp"

namespace tappet::run {
namespace {

constexpr double kExact = 9007199254740992.0;  ///< 2^53: integers up to here are their own doubles

bool is_empty(const Value& value) {
    if (value.is_null()) return true;
    return (value.is(Kind::string) || value.is(Kind::list) || value.is(Kind::map)) && value.size() == 0;
}

}  // namespace

Result<std::string> key_of(const flow::TemplateResult& result, std::string_view what) {
    if (!result.ok) return Error::invalid(std::string(what) + ": " + result.error.message);
    const Value& value = result.value;
    if (is_empty(value)) return Error::invalid(std::string(what) + " is empty or null");
    if (value.is(Kind::number)) {
        const double number = value.as_number();
        if (std::trunc(number) == number && std::abs(number) <= kExact)
            return std::to_string(static_cast<std::int64_t>(number));
    }
    std::string key;
    append_json(key, value, {Secrets::reveal, 0});
    return key;
}

}  // namespace tappet::run
