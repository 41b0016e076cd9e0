#include "store/sqlite/purged.hpp"

#include <algorithm>

namespace tappet::store::sqlite {

Result<bool> PurgeBudget::spend(Query& query, std::vector<std::int64_t>& numbers) {
    while (!spent()) {
        if (!query.row()) {
            if (!query.ok()) return query.error();
            return true;
        }
        numbers.push_back(query.integer(0));
        --rows;
        bytes -= std::min(bytes, static_cast<std::uint64_t>(query.integer(1)));
    }
    return false;
}

}  // namespace tappet::store::sqlite
