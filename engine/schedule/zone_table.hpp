#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "schedule/posix_zone.hpp"

namespace tappet::schedule {

/// Reads a file of the time zone database (TZif, RFC 8536, version 2 and up): the changes of a zone's
/// offset in order, the first at the lowest instant, through the year `last`. What lies after the table comes
/// from the rule at the file's end. The error (corrupt) says what is wrong with the bytes.
Result<std::vector<OffsetChange>> read_zone_table(std::string_view bytes, int last);

}  // namespace tappet::schedule
