#pragma once
#include "schedule/cron_field.hpp"
#include "schedule/cron_fields.hpp"

namespace tappet::schedule {

/// Reads the day of the month into `fields`: numbers, `L`, `L-n`, and alone `nW`, `LW`, `L-nW`, `?`.
std::optional<FieldError> read_days(const FieldKind& kind, Word word, CronFields& fields);
/// Reads the day of the week: numbers and names, `dL`, `d#n`, and alone `?`.
std::optional<FieldError> read_weekdays(const FieldKind& kind, Word word, CronFields& fields);

}  // namespace tappet::schedule
