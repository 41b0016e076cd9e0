#include "expr/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace tappet {

std::string number_text(double v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v > 0 ? "Infinity" : "-Infinity";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
    std::string out(buffer, end);
    if (out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}

namespace {

/// ".5", ".001", "" : the fraction of a second in three, six or nine digits.
std::string fraction(std::int32_t nanos) {
    if (nanos == 0) return "";
    if (nanos % 1'000'000 == 0) return fmt::format(".{:03}", nanos / 1'000'000);
    if (nanos % 1'000 == 0) return fmt::format(".{:06}", nanos / 1'000);
    return fmt::format(".{:09}", nanos);
}

}  // namespace

std::string timestamp_text(std::int64_t seconds, std::int32_t nanos) {
    const std::int64_t days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
    const std::int64_t rest = seconds - days * 86400;
    // Civil date from days, after H. Hinnant's public description of the algorithm.
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const std::int64_t doe = z - era * 146097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const std::int64_t day = doy - (153 * mp + 2) / 5 + 1;
    const std::int64_t month = mp < 10 ? mp + 3 : mp - 9;
    const std::int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", year, month, day, rest / 3600,
                       rest / 60 % 60, rest % 60, fraction(nanos));
}

std::string duration_text(std::int64_t seconds, std::int32_t nanos) {
    const bool negative = seconds < 0 || nanos < 0;
    std::string digits = fraction(nanos < 0 ? -nanos : nanos);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    return fmt::format("{}{}{}s", negative ? "-" : "", seconds < 0 ? -seconds : seconds, digits);
}

std::string key_text(const Value& key) {
    switch (key.kind()) {
        case Kind::string:
            return std::string(key.as_string());
        case Kind::integer:
            return std::to_string(key.as_integer());
        case Kind::uint:
            return std::to_string(key.as_uint());
        case Kind::boolean:
            return key.as_boolean() ? "true" : "false";
        case Kind::number:
            return number_text(key.as_number());
        default:
            return "?";
    }
}

}  // namespace tappet
