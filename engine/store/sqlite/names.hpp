#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"

namespace tappet::store::sqlite {

/// Tenants and flows by number, so that rows of runs stay small. The writer's; new names are written where
/// they are first needed, in the transaction that is open.
class Names {
public:
    explicit Names(Connection& db) : db_(db) {}
    Result<std::int64_t> tenant(const std::string& name);
    Result<std::int64_t> flow(std::int64_t tenant, const std::string& name);
    /// What was remembered may have been rolled back.
    void forget();

private:
    Connection& db_;
    std::map<std::string, std::int64_t, std::less<>> tenants_;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> flows_;
};

/// The number of a tenant that is known already, 0 when it is not. For readers.
Result<std::int64_t> known_tenant(Connection& db, const std::string& name);

}  // namespace tappet::store::sqlite
