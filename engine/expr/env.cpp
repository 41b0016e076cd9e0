#include "expr/program.hpp"

namespace tappet::expr {

std::uint32_t Env::declare(std::string name, Type type) {
    Variable variable;
    variable.name = std::move(name);
    variable.type = std::move(type);
    return declare(std::move(variable));
}

std::uint32_t Env::declare(Variable variable) {
    const auto slot = static_cast<std::uint32_t>(variables_.size());
    slots_.insert_or_assign(variable.name, slot);
    variables_.push_back(std::move(variable));
    return slot;
}

std::optional<std::uint32_t> Env::find(std::string_view name) const {
    const auto found = slots_.find(name);
    if (found == slots_.end()) return std::nullopt;
    return found->second;
}

}  // namespace tappet::expr
