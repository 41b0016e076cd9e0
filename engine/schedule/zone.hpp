#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "schedule/posix_zone.hpp"

namespace tappet::schedule {

using Instant = std::chrono::sys_seconds;

inline constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo";

/// A span of time in which a zone's clocks keep their distance from UTC.
struct Period {
    Instant begin, end;           ///< end is the first instant that is not part of it
    std::chrono::seconds offset;  ///< ahead of UTC
    std::chrono::seconds before;  ///< the offset until `begin`; the same where there was none
};

/// A time zone of the IANA database. A handle: copies share the table. Immutable, any thread.
class Zone {
public:
    /// UTC, which needs no database.
    static Zone utc();
    /// Reads a zone by its name ("Europe/Berlin") from the system's database; nothing is kept between calls.
    /// Errors: invalid, with names that are near, where there is no such zone; unavailable where there is no
    /// database; corrupt where the file does not read.
    static Result<Zone> load(std::string_view name, std::string_view folder = kZoneFolder);

    const std::string& name() const { return table_->name; }
    Period at(Instant instant) const;

private:
    struct Table {
        std::string name;
        std::vector<OffsetChange> changes;
    };
    explicit Zone(Table table) : table_(std::make_shared<const Table>(std::move(table))) {}
    std::shared_ptr<const Table> table_;
};

}  // namespace tappet::schedule
