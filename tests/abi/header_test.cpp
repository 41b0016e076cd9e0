// What stands in the frozen header stands in today's, at the same place and with the same types: token by
// token.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace tappet {
namespace {

using Tokens = std::vector<std::string>;

std::string read_file(const std::string& path) {
    std::ifstream in(path);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string without(std::string text, const std::string& begin, const std::string& end) {
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at))
        text.erase(at, text.find(end, at) + end.size() - at);
    return text;
}

Tokens tokens_of(const std::string& text) {
    Tokens out;
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (is_word(text[at])) {
            while (end < text.size() && is_word(text[end])) ++end;
        } else if (std::isspace(static_cast<unsigned char>(text[at]))) {
            at = end;
            continue;
        }
        out.push_back(text.substr(at, end - at));
        at = end;
    }
    return out;
}

/// A header, taken apart.
struct Header {
    std::map<Tokens, Tokens> bodies;  ///< what stands in braces, by what stands before: structs and enums
    std::set<Tokens> others;          ///< declarations without braces
    std::map<std::string, Tokens> macros;

    explicit Header(const std::string& path) {
        std::string text = without(read_file(path), "/*", "*/");
        text = without(text, "\\", "\n");
        text = without(text, "#ifdef __cplusplus", "#endif");
        std::istringstream lines(text);
        std::string code, line;
        while (std::getline(lines, line)) {
            if (line.empty() || line[0] != '#')
                code += line + "\n";
            else if (Tokens words = tokens_of(line); words.size() > 2 && words[1] == "define")
                macros[words[2]] = Tokens(words.begin() + 3, words.end());
        }
        declare(tokens_of(code));
    }

private:
    void declare(const Tokens& code) {
        Tokens head, body;
        bool has_body = false;
        int depth = 0;
        for (const std::string& token : code) {
            if (token == "}") --depth;
            if (token == ";" && depth == 0) {
                if (has_body)
                    bodies[head] = body;
                else
                    others.insert(head);
                head.clear();
                body.clear();
                has_body = false;
            } else if (depth > 0) {
                body.push_back(token);
            } else if (token == "{") {
                has_body = true;
            } else if (!has_body) {
                head.push_back(token);
            }
            if (token == "{") ++depth;
        }
    }
};

std::string joined(const Tokens& tokens) {
    std::string out;
    for (const std::string& token : tokens) out += token + " ";
    return out;
}

/// Passed by value or in arrays: these may not even grow.
bool has_no_size(const Tokens& head) {
    return head.back() == "tappet_text" || head.back() == "tappet_header";
}

struct FrozenHeader : ::testing::Test {
    const Header frozen{TAPPET_SOURCE_DIR "/tests/abi/v1/abi.h"};
    const Header today{TAPPET_SOURCE_DIR "/sdk/include/tappet/abi.h"};
};

TEST_F(FrozenHeader, IsReadAtAll) {
    EXPECT_GE(frozen.bodies.size(), 20u);
    EXPECT_GE(frozen.others.size(), 8u);
    EXPECT_EQ(frozen.macros.count("TAPPET_APP"), 1u);
}

TEST_F(FrozenHeader, ItsStructsAndEnumsAreTheBeginningOfTodays) {
    for (const auto& [head, body] : frozen.bodies) {
        const auto found = today.bodies.find(head);
        ASSERT_NE(found, today.bodies.end()) << joined(head) << "is gone";
        const Tokens& now = found->second;
        const bool begins = now.size() >= body.size() && std::equal(body.begin(), body.end(), now.begin());
        EXPECT_TRUE(begins) << joined(head) << "was\n  " << joined(body) << "\nand is\n  " << joined(now);
        if (has_no_size(head)) {
            EXPECT_EQ(now.size(), body.size()) << joined(head) << "has no size to grow by";
        }
    }
}

TEST_F(FrozenHeader, WhatElseItDeclaresIsThere) {
    for (const Tokens& declaration : frozen.others)
        EXPECT_TRUE(today.others.count(declaration) || today.bodies.count(declaration))
            << joined(declaration) << "is gone";
}

TEST_F(FrozenHeader, ItsMacrosMeanTheSame) {
    for (const auto& [name, value] : frozen.macros) {
        const auto found = today.macros.find(name);
        ASSERT_NE(found, today.macros.end()) << name << " is gone";
        if (name == "TAPPET_ABI_MINOR") {
            EXPECT_GE(std::stoi(found->second.at(0)), std::stoi(value.at(0)));
        } else {
            EXPECT_EQ(joined(found->second), joined(value)) << name;
        }
    }
}

}  // namespace
}  // namespace tappet
