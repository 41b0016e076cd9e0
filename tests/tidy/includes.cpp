#include <algorithm>

#include "rules.hpp"

namespace tidy {
namespace {

/// Whether an include is this header or lies below it: "re2/" covers re2/re2.h, "boost/asio" covers
/// boost/asio.hpp.
bool covers(std::string_view header, std::string_view path) {
    if (!path.starts_with(header)) return false;
    if (header.ends_with('/') || path.size() == header.size()) return true;
    const char next = path[header.size()];
    return next == '/' || (next == '.' && path.substr(header.size()) == ".hpp");
}

bool inside(const std::vector<std::string>& places, const std::string& inner) {
    return std::any_of(places.begin(), places.end(), [&](const std::string& place) {
        return place.ends_with('/') ? inner.starts_with(place) : inner == place;
    });
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void check_arrow(const Rules& rules, const Source& source, const Include& include, Findings& out) {
    const std::string target = include.path.substr(0, include.path.find('/'));
    if (target == include.path || !rules.arrows.contains(target) || target == source.folder) return;
    if (!rules.arrows.at(source.folder).contains(target))
        out.push_back(at(source, include.line, source.folder + " may not include " + target));
}

/// A plugin sees the SDK and nothing of the engine.
void check_plugin(const Rules& rules, const Source& source, const Include& include, Findings& out) {
    if (source.path.ends_with("_test.cpp")) return;
    const std::string target = include.path.substr(0, include.path.find('/'));
    if (target != include.path && rules.arrows.contains(target))
        out.push_back(at(source, include.line, "a plugin may not include the engine's " + include.path));
    if (covers("boost/", include.path))
        out.push_back(at(source, include.line, "a plugin may not include Boost"));
}

}  // namespace

void check_includes(const Rules& rules, const Source& source, Findings& out) {
    for (const Include& include : source.includes) {
        if (source.path.starts_with("plugins/") || source.path.starts_with("sdk/include/"))
            check_plugin(rules, source, include, out);
        if (source.folder.empty()) continue;
        if (!rules.arrows.contains(source.folder)) {
            out.push_back(at(source, include.line, "docs/ARCHITECTURE.md knows no folder " + source.folder));
            return;
        }
        check_arrow(rules, source, include, out);
        for (const Door& door : rules.doors) {
            if (covers(door.header, include.path) && !inside(door.places, source.inner))
                out.push_back(
                    at(source, include.line,
                       "<" + include.path + "> is allowed " +
                           (door.places.empty() ? "nowhere" : "in " + joined(door.places) + " only")));
        }
        if (rules.except.contains(source.inner)) continue;
        for (const Forbidden& rule : rules.forbidden) {
            if (std::find(rule.folders.begin(), rule.folders.end(), source.folder) == rule.folders.end())
                continue;
            for (const std::string& header : rule.headers)
                if (covers(header, include.path))
                    out.push_back(
                        at(source, include.line, "<" + include.path + "> is forbidden in " + source.folder));
        }
    }
}

void check_door_counts(const Rules& rules, const std::vector<Source>& sources, Findings& out) {
    for (const Door& door : rules.doors) {
        if (door.at_most == 0) continue;
        std::vector<std::string> users;
        for (const Source& source : sources) {
            if (!source.folder.empty() &&
                std::any_of(source.includes.begin(), source.includes.end(),
                            [&](const Include& i) { return covers(door.header, i.path); }))
                users.push_back(source.path);
        }
        if (users.size() > door.at_most)
            out.push_back("engine: " + door.header + " is included by " + std::to_string(users.size()) +
                          " files, " + std::to_string(door.at_most) + " are allowed: " + joined(users));
    }
}

}  // namespace tidy
