#include "rules.hpp"

#include <fstream>
#include <sstream>

namespace tidy {
namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

/// The lines of the fenced blocks, by the name behind the fence.
std::map<std::string, std::vector<std::string>> blocks_of(const std::filesystem::path& document) {
    std::map<std::string, std::vector<std::string>> blocks;
    std::ifstream stream(document);
    std::string line, open;
    while (std::getline(stream, line)) {
        if (line.starts_with("```")) {
            if (open.empty()) {
                open = line.size() > 3 ? line.substr(3) : "plain";
                blocks[open];
            } else {
                open.clear();
            }
        } else if (!open.empty() && !line.empty()) {
            blocks[open].push_back(line);
        }
    }
    return blocks;
}

Door read_door(const std::vector<std::string>& words) {
    Door door;
    door.header = words[0];
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "nowhere") continue;
        if (words[i] == "at" && i + 2 < words.size()) {
            door.at_most = static_cast<std::size_t>(std::stoul(words[i + 2]));
            break;
        }
        door.places.push_back(words[i]);
    }
    return door;
}

}  // namespace

std::optional<std::string> read_rules(const std::filesystem::path& document, Rules& out) {
    auto blocks = blocks_of(document);
    for (const char* name : {"arrows", "doors", "forbidden", "long-files"})
        if (!blocks.contains(name)) return document.string() + " has no block ```" + name;

    for (const std::string& line : blocks["arrows"]) {
        const auto words = words_of(line);
        if (words.size() < 2 || words[1] != "->") return "not an arrow: " + line;
        std::set<std::string>& below = out.arrows[words[0]];
        for (std::size_t i = 2; i < words.size(); ++i) {
            // From the bottom up: what an arrow points at stands above it, so there are no circles.
            if (!out.arrows.contains(words[i]) || words[i] == words[0])
                return "the arrow from " + words[0] + " points at " + words[i] + ", which is not above it";
            below.insert(words[i]);
            below.insert(out.arrows[words[i]].begin(), out.arrows[words[i]].end());
        }
    }
    for (const std::string& line : blocks["doors"]) out.doors.push_back(read_door(words_of(line)));
    for (const std::string& line : blocks["forbidden"]) {
        const auto words = words_of(line);
        if (words[0] == "except") {
            out.except.insert(words.begin() + 1, words.end());
            continue;
        }
        Forbidden rule;
        std::vector<std::string>* target = &rule.folders;
        for (const std::string& word : words) {
            if (word == ":")
                target = &rule.headers;
            else
                target->push_back(word);
        }
        out.forbidden.push_back(rule);
    }
    for (const std::string& line : blocks["long-files"]) out.long_files.insert(words_of(line)[0]);
    return std::nullopt;
}

}  // namespace tidy
