#include "app/secrets.hpp"

#include <cstdlib>
#include <string>

namespace tappet::app {

std::optional<Value> find_secret(std::string_view, std::string_view name) {
    const char* value = std::getenv(("TAPPET_SECRET_" + std::string(name)).c_str());
    if (!value) return std::nullopt;
    return Value::string(value).as_secret();
}

}  // namespace tappet::app
