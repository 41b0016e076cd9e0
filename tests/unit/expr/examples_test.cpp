// The examples of docs/EXPRESSIONS.md: lines "EXPRESSION  // RESULT" of its ```cel blocks, over the data of
// its ```json block.
#include <cctype>
#include <fstream>

#include "expr/functions/function.hpp"
#include "rig.hpp"

namespace tappet::expr::test {
namespace {

struct Example {
    int line = 0;
    std::string expression, result;
};

struct Document {
    std::string data;
    std::vector<Example> examples;
    std::vector<int> unreadable;  ///< lines of ```cel blocks that are no example
};

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

Document read_document() {
    Document out;
    std::ifstream file(std::string(TAPPET_SOURCE_DIR) + "/docs/EXPRESSIONS.md");
    std::string block;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.starts_with("```")) {
            block = block.empty() ? line.substr(3) : "";
        } else if (block == "json") {
            out.data += line + "\n";
        } else if (block == "cel") {
            const std::size_t mark = line.rfind(" // ");
            if (mark == std::string::npos)
                out.unreadable.push_back(number);
            else
                out.examples.push_back(
                    {number, trimmed(line.substr(0, mark)), trimmed(line.substr(mark + 4))});
        }
    }
    return out;
}

/// Whether `name(` or `.name(` stands in the text, not as the end of a longer name.
bool calls(const std::string& text, const std::string& name) {
    for (std::size_t at = text.find(name + "("); at != std::string::npos;
         at = text.find(name + "(", at + 1)) {
        const char before = at == 0 ? ' ' : text[at - 1];
        if (!std::isalnum(static_cast<unsigned char>(before)) && before != '_') return true;
    }
    return false;
}

TEST(Examples, OfTheDocumentGiveWhatItSays) {
    const Document document = read_document();
    EXPECT_EQ(document.unreadable, std::vector<int>{});
    ASSERT_GT(document.examples.size(), 100U);
    const Value data = read_json(document.data).value();
    Rig rig;
    for (const MapEntry& entry : data.entries()) rig.with(std::string(entry.key.as_string()), entry.value);
    for (const Example& example : document.examples) {
        const std::string place =
            "EXPRESSIONS.md:" + std::to_string(example.line) + ": " + example.expression;
        const std::string shown = rig.show(example.expression);
        if (example.result.starts_with("error: ")) {
            ASSERT_TRUE(shown.starts_with("error: ")) << place << " gives " << shown;
            EXPECT_NE(shown.find(example.result.substr(7)), std::string::npos) << place << " gives " << shown;
        } else {
            EXPECT_EQ(shown, example.result) << place;
        }
    }
}

TEST(Examples, OfTheDocumentShowEveryFunction) {
    const Document document = read_document();
    for (const bool member : {false, true}) {
        for (const std::string_view name : function_names(member)) {
            bool shown = false;
            for (const Example& example : document.examples)
                shown = shown || calls(example.expression, std::string(name));
            EXPECT_TRUE(shown) << name << "() has no example in docs/EXPRESSIONS.md";
        }
    }
}

}  // namespace
}  // namespace tappet::expr::test
