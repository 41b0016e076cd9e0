#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct Include {
    std::size_t line = 0;  ///< from 1
    std::string path;      ///< between the quotes or brackets
};

/// One source file, read whole.
struct Source {
    std::string path;               ///< from the root, with '/'
    std::string folder;             ///< for engine/<folder>/…, else empty
    std::string inner;              ///< the path below engine/, else empty
    std::vector<std::string> text;  ///< its lines as they stand
    std::string code;  ///< without comments, preprocessor lines and the insides of literals; same line breaks
    std::vector<Include> includes;

    bool is_header() const { return path.ends_with(".hpp") || path.ends_with(".h"); }
    /// The line (from 1) at an offset into code.
    std::size_t line_at(std::size_t offset) const;
};

Source read_source(const std::filesystem::path& root, const std::filesystem::path& file);

/// A finding as "path:line: what", the form that editors jump to.
using Findings = std::vector<std::string>;
std::string at(const Source& source, std::size_t line, std::string_view what);

}  // namespace tidy
