#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"

namespace tappet::store::sqlite {

inline constexpr int kSchemaVersion = 7;           ///< PRAGMA user_version
inline constexpr int kApplicationId = 0x54505054;  ///< "TPPT": PRAGMA application_id

/// Makes the file one that this binary can use: sets pragmas, creates the tables or migrates an older file in
/// one transaction. conflict: the file is newer; invalid: it is not ours; corrupt: it is damaged. Each names
/// the file.
Result<void> prepare(Connection& db, const std::string& path, int autocheckpoint_pages);

/// The id of the key that values in this file are sealed with; nothing where none is remembered.
Result<std::optional<std::uint32_t>> key_of(Connection& db);
Result<void> remember_key(Connection& db, std::uint32_t id);

/// Marks the store as in use, and says whether whoever used it before ended without marking it closed.
Result<bool> mark_open(Connection& db);
Result<void> mark_closed(Connection& db);

}  // namespace tappet::store::sqlite
