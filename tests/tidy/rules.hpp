#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source.hpp"

namespace tidy {

/// A library from outside and the files (or folders, ending in '/') that may include it.
struct Door {
    std::string header;  ///< a prefix of what is included
    std::vector<std::string> places;
    std::size_t at_most = 0;  ///< 0: as many files as there are
};

struct Forbidden {
    std::vector<std::string> folders, headers;
};

/// What docs/ARCHITECTURE.md allows, read from its fenced blocks.
struct Rules {
    std::map<std::string, std::set<std::string>> arrows;  ///< with all that lies below
    std::vector<Door> doors;
    std::vector<Forbidden> forbidden;
    std::set<std::string> except;      ///< files below engine/ that `forbidden` does not bind
    std::set<std::string> long_files;  ///< paths from the root
};

/// Reads the rules; a message when the document lacks a block or an arrow names a folder it does not define.
std::optional<std::string> read_rules(const std::filesystem::path& document, Rules& out);

void check_includes(const Rules& rules, const Source& source, Findings& out);
/// The bounds that hold over all files together.
void check_door_counts(const Rules& rules, const std::vector<Source>& sources, Findings& out);
/// Statements with co_await hold no brace: no aggregate, no lambda.
void check_co_await(const Source& source, Findings& out);
/// Emptiness, length, the first line of headers, the namespace, notes of unfinished work.
void check_form(const Rules& rules, const Source& source, Findings& out);

}  // namespace tidy
