#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expr/json.hpp"
#include "flow/schema/schema.hpp"

namespace tappet::flow::test {

inline Value json(std::string_view text) {
    auto value = read_json(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : Value();
}

inline std::shared_ptr<const Schema> schema(std::string_view text) {
    std::vector<Schema::CompileError> errors;
    auto made = Schema::compile(json(text), errors);
    for (const auto& error : errors) ADD_FAILURE() << error.pointer << " " << error.detail;
    return made;
}

/// What is wrong with a schema: "pointer detail" for each error, a line each.
inline std::string errors_of(std::string_view text) {
    std::vector<Schema::CompileError> errors;
    const auto made = Schema::compile(json(text), errors);
    EXPECT_EQ(made == nullptr, !errors.empty()) << text;
    std::string out;
    for (const auto& error : errors) out += (out.empty() ? "" : "\n") + error.pointer + " " + error.detail;
    return out;
}

/// What is wrong with a value: "pointer detail (keyword)" for each problem, a line each, with " ->
/// suggestion". Checks that accepts() says the same.
inline std::string problems_of(const Schema& schema, const Value& value, std::size_t limit = 20) {
    std::string out;
    for (const auto& problem : schema.problems(value, limit)) {
        out += (out.empty() ? "" : "\n") + problem.pointer + (problem.pointer.empty() ? "" : " ") +
               problem.detail + " (" + problem.keyword + ")";
        if (!problem.suggestion.empty()) out += " -> " + problem.suggestion;
    }
    EXPECT_EQ(schema.accepts(value), out.empty()) << out;
    return out;
}

inline std::string problems_of(std::string_view schema_text, std::string_view value) {
    const auto made = schema(schema_text);
    return made ? problems_of(*made, json(value)) : "no schema";
}

}  // namespace tappet::flow::test
