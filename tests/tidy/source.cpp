#include "source.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tidy {
namespace {

/// Copies code; comments and what stands between quotes become spaces.
class Stripper {
public:
    explicit Stripper(std::string_view text) : text_(text) {}

    std::string run() {
        while (i_ < text_.size()) {
            if (starts("//"))
                skip_until("\n", false);
            else if (starts("/*"))
                skip_until("*/", true);
            else if (starts("R\"") && !in_word())
                raw_string();
            else if (text_[i_] == '"' || (text_[i_] == '\'' && !in_word()))
                literal();
            else
                out_.push_back(text_[i_++]);
        }
        return std::move(out_);
    }

private:
    bool starts(std::string_view what) const { return text_.substr(i_).starts_with(what); }
    /// Inside a word or number, where a quote is a digit separator: 1'000.
    bool in_word() const {
        return i_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[i_ - 1])) || text_[i_ - 1] == '_') &&
               !(text_[i_] == '\'' && (text_[i_ - 1] == 'u' || text_[i_ - 1] == 'L'));
    }
    void blank(std::size_t end) {
        for (end = std::min(end, text_.size()); i_ < end; ++i_)
            out_.push_back(text_[i_] == '\n' ? '\n' : ' ');
    }
    void skip_until(std::string_view end, bool inclusive) {
        const auto found = text_.find(end, i_ + 2);
        blank(found == std::string_view::npos ? text_.size() : found + (inclusive ? end.size() : 0));
    }
    void raw_string() {
        const auto open = text_.find('(', i_);
        if (open == std::string_view::npos) return blank(text_.size());
        const std::string close = ")" + std::string(text_.substr(i_ + 2, open - i_ - 2)) + "\"";
        out_ += "\"\"";
        const auto end = text_.find(close, open);
        const std::size_t stop = end == std::string_view::npos ? text_.size() : end + close.size();
        i_ += 2;
        blank(stop);
    }
    void literal() {
        const char quote = text_[i_];
        out_.push_back(quote);
        ++i_;
        while (i_ < text_.size() && text_[i_] != quote && text_[i_] != '\n')
            blank(i_ + (text_[i_] == '\\' ? 2 : 1));
        if (i_ < text_.size() && text_[i_] == quote) {
            out_.push_back(quote);
            ++i_;
        }
    }

    std::string_view text_;
    std::size_t i_ = 0;
    std::string out_;
};

/// Blanks preprocessor lines with their continuations.
void drop_preprocessor(std::string& code) {
    bool at_start = true, inside = false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '\n') {
            if (!(inside && i > 0 && code[i - 1] == '\\')) inside = false;
            at_start = true;
        } else {
            if (at_start && code[i] == '#') inside = true;
            if (code[i] != ' ' && code[i] != '\t') at_start = false;
            if (inside && code[i] != '\\') code[i] = ' ';
        }
    }
}

void read_include(Source& out, std::string_view line) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') return;
    const auto word = line.find("include", hash);
    if (word == std::string_view::npos) return;
    const auto open = line.find_first_of("\"<", word);
    if (open == std::string_view::npos) return;
    const auto close = line.find_first_of("\">", open + 1);
    if (close != std::string_view::npos)
        out.includes.push_back({out.text.size(), std::string(line.substr(open + 1, close - open - 1))});
}

}  // namespace

std::size_t Source::line_at(std::size_t offset) const {
    return 1 + static_cast<std::size_t>(
                   std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

Source read_source(const std::filesystem::path& root, const std::filesystem::path& file) {
    Source out;
    out.path = std::filesystem::relative(file, root).generic_string();
    if (out.path.starts_with("engine/")) {
        out.inner = out.path.substr(7);
        const auto slash = out.inner.find('/');
        if (slash != std::string::npos) out.folder = out.inner.substr(0, slash);
    }
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (std::size_t from = 0; from < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', from), bytes.size());
        out.text.push_back(bytes.substr(from, end - from));
        read_include(out, out.text.back());
        from = end + 1;
    }
    out.code = Stripper(bytes).run();
    drop_preprocessor(out.code);
    return out;
}

std::string at(const Source& source, std::size_t line, std::string_view what) {
    return source.path + ":" + std::to_string(line) + ": " + std::string(what);
}

}  // namespace tidy
