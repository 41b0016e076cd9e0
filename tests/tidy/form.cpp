#include "rules.hpp"

namespace tidy {
namespace {
constexpr std::size_t kLongest = 600;  // lines
}

void check_form(const Rules& rules, const Source& source, Findings& out) {
    if (source.text.empty()) out.push_back(at(source, 1, "is empty"));
    if (source.text.size() > kLongest && !rules.long_files.contains(source.path))
        out.push_back(
            at(source, kLongest + 1,
               "more than 600 lines; split it, or list it with the reason in docs/ARCHITECTURE.md"));
    for (std::size_t i = 0; i < source.text.size(); ++i) {
        for (const char* note : {"TO"
                                 "DO",
                                 "FIX"
                                 "ME",
                                 "XX"
                                 "X:"})
            if (source.text[i].find(note) != std::string::npos)
                out.push_back(at(source, i + 1, std::string(note) + ": finish it or leave it out"));
    }
    if (source.folder.empty() || !source.is_header()) return;
    if (source.text.empty() || source.text[0] != "#pragma once")
        out.push_back(at(source, 1, "the first line is not #pragma once"));
    if (source.code.find("namespace tappet") == std::string::npos)
        out.push_back(at(source, 1, "declares nothing in namespace tappet"));
}

}  // namespace tidy
