#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "store/outgoing.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/names.hpp"
#include "store/sqlite/purged.hpp"

namespace tappet::store::sqlite {

/// Writes messages in the transaction of their boundary, addresses as numbers. The writer's.
class OutgoingWriter {
public:
    OutgoingWriter(Connection& db, Names& names) : db_(db), names_(names) {}
    Result<void> write(const OutgoingMessage& message);
    /// What was remembered may have been rolled back.
    void forget() { numbers_.clear(); }

private:
    Result<std::int64_t> number(std::int64_t tenant, const OutgoingAddress& address);
    Connection& db_;
    Names& names_;
    std::map<OutgoingAddress, std::int64_t> numbers_;
};

Result<std::vector<OutgoingHead>> read_pending(Connection& db, const OutgoingAddress& address,
                                               std::size_t limit);
Result<OutgoingRow> read_message(Connection& db, const std::string& tenant, const Uuid& id);
Result<OutgoingPage> list_messages(Connection& db, const OutgoingFilter& filter);
Result<void> write_tried(Connection& db, const OutgoingTried& tried);
Result<std::vector<OutgoingEndpoint>> read_endpoints(Connection& db,
                                                     const std::optional<std::string>& tenant);
Result<std::uint64_t> count_pending(Connection& db, const OutgoingAddress& address);
Result<void> write_endpoint(Connection& db, const OutgoingEndpoint& endpoint);
/// Deletes messages that are older, of one tenant after the other.
class MessagePurge {
public:
    explicit MessagePurge(TimeMs before) : before_(before) {}
    Result<Purged> step(Connection& db, PurgeBudget budget = {});

private:
    static constexpr int kTenantsOfStep = 200;
    TimeMs before_;
    std::int64_t done_ = 0;  ///< the number of the last tenant that has none any more
};

}  // namespace tappet::store::sqlite
