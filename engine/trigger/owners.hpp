#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet::trigger {

/// Whose an event at a plugin's own address is.
class Owners {
public:
    virtual ~Owners() = default;
    /// The tenants that have connected the account; `owner` is as the plugin tells it, a text, a map or null.
    virtual std::vector<std::string> tenants_of(std::string_view plugin, const Value& owner) const = 0;
};

/// For as long as no trigger names a connection: the default tenant listens to all owners, no other to any.
class DefaultOwners final : public Owners {
public:
    std::vector<std::string> tenants_of(std::string_view, const Value&) const override { return {"default"}; }
};

}  // namespace tappet::trigger
