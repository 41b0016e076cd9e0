#pragma once
#include <map>
#include <string>

namespace tappet::bench {

/// Prints medians in microseconds (by the names of the measurements), what they cost over the work itself,
/// and the aims. With a file: the same as JSON. False when an aim is missed.
bool print_table(const std::map<std::string, double>& medians, const std::string& json_file);

}  // namespace tappet::bench
