#include "flow/yaml_text.hpp"

#include <algorithm>

#include "flow/yaml_lines.hpp"

namespace tappet::flow {
namespace {

/// Walks the source and a scalar's text side by side. Where the two differ in a way it does not expect it
/// stays where it is: a place is then near, never outside.
class Aligner {
public:
    Aligner(std::string_view source, const YamlNode& scalar)
        : source_(source), scalar_(scalar), text_(scalar.text), at_(scalar.offset) {}

    TextPlaces run() {
        out_.bytes.reserve(text_.size() + 1);
        out_.text_end = at_;
        switch (scalar_.style) {
            case ScalarStyle::literal:
            case ScalarStyle::folded:
                block();
                break;
            case ScalarStyle::plain:
                flow(0);
                break;
            case ScalarStyle::single_quoted:
                ++at_;
                flow('\'');
                break;
            case ScalarStyle::double_quoted:
                ++at_;
                flow('"');
                break;
        }
        while (out_.bytes.size() < text_.size()) out_.bytes.push_back(out_.text_end);
        return std::move(out_);
    }

private:
    char here() const { return at_ < source_.size() ? source_[at_] : '\0'; }
    static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

    void take(std::size_t source_bytes, std::size_t text_bytes) {
        for (std::size_t i = 0; i < text_bytes && next_ < text_.size(); ++i, ++next_)
            out_.bytes.push_back(at_);
        at_ = std::min(at_ + source_bytes, source_.size());
        out_.text_end = at_;
    }

    /// The whitespace from here that holds a line break: its length and its number of breaks.
    std::size_t fold(std::size_t& breaks) const {
        std::size_t end = at_;
        breaks = 0;
        while (end < source_.size() && (blank(source_[end]) || source_[end] == '\n'))
            breaks += source_[end++] == '\n' ? 1 : 0;
        return breaks > 0 ? end - at_ : 0;
    }

    /// Plain and quoted scalars; `quote` is 0 for plain ones.
    void flow(char quote) {
        while (next_ < text_.size() || quote != 0) {
            if (at_ >= source_.size()) break;
            if (quote != 0 && here() == quote && !(quote == '\'' && source_.substr(at_).starts_with("''")))
                break;
            std::size_t breaks = 0;
            if (const std::size_t length = fold(breaks)) {
                if (quote == 0 && next_ >= text_.size()) break;
                const std::size_t begin = at_;
                take(0, breaks == 1 ? 1 : breaks - 1);
                at_ = begin + length;
                continue;
            }
            if (quote == '\'' && here() == '\'')
                take(2, 1);
            else if (quote == '"' && here() == '\\')
                escape();
            else if (next_ < text_.size())
                take(1, 1);
            else
                ++at_;  // the text is used up before its quote
        }
        out_.end = quote != 0 ? std::min(at_ + 1, source_.size()) : out_.text_end;
        if (quote != 0) out_.text_end = at_;
    }

    void escape() {
        const char kind = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
        if (kind == '\n' || kind == '\r') {  // the line goes on
            ++at_;
            std::size_t breaks = 0;
            at_ += fold(breaks);
            return;
        }
        const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        take(2 + digits, code_point());
    }

    /// The bytes of the text's next code point.
    std::size_t code_point() const {
        std::size_t size = 1;
        while (next_ + size < text_.size() &&
               (static_cast<unsigned char>(text_[next_ + size]) & 0xC0) == 0x80)
            ++size;
        return size;
    }

    void block() {
        const std::size_t header = source_.find('\n', at_);
        at_ = header == std::string_view::npos ? source_.size() : header + 1;
        out_.text_end = at_;
        const std::size_t indent = indentation();
        skip_indentation(indent);
        while (next_ < text_.size() && at_ < source_.size()) {
            const char wanted = text_[next_];
            if (here() == '\r') {
                ++at_;
                continue;
            }
            if (here() != '\n') {
                if (here() != wanted) break;
                take(1, 1);
                continue;
            }
            if (wanted != '\n' && wanted != ' ') {
                ++at_;
                skip_indentation(indent);
                continue;
            }
            if (wanted == '\n' && scalar_.style == ScalarStyle::folded &&
                breaks_ahead(indent) > breaks_wanted()) {
                ++at_;
                skip_indentation(indent);
                continue;
            }
            take(1, 1);
            skip_indentation(indent);
        }
        out_.end = out_.text_end;
        if (!text_.empty() && text_.back() == '\n' && out_.end > scalar_.offset &&
            source_[out_.end - 1] == '\n')
            --out_.end;
        if (out_.end > scalar_.offset && source_[out_.end - 1] == '\r') --out_.end;
    }

    std::size_t breaks_wanted() const {
        const std::size_t end = text_.find_first_not_of('\n', next_);
        return (end == std::string_view::npos ? text_.size() : end) - next_;
    }
    std::size_t breaks_ahead(std::size_t indent) const {
        std::size_t count = 0, at = at_;
        while (at < source_.size() && source_[at] == '\n') {
            ++count;
            ++at;
            for (std::size_t i = 0; i < indent && at < source_.size() && source_[at] == ' '; ++i) ++at;
            if (at < source_.size() && source_[at] == '\r') ++at;
        }
        return count;
    }

    /// Of the block's content: that of its first line which is not empty, as far as the text does not begin
    /// with blanks.
    std::size_t indentation() const {
        std::size_t at = at_;
        while (at < source_.size()) {
            std::size_t end = at;
            while (end < source_.size() && source_[end] == ' ') ++end;
            if (end < source_.size() && source_[end] != '\n' && source_[end] != '\r') {
                const std::size_t first = text_.find_first_not_of('\n');
                const std::size_t letter =
                    text_.find_first_not_of(' ', first == std::string_view::npos ? 0 : first);
                const std::size_t own =
                    first == std::string_view::npos || letter == std::string_view::npos ? 0 : letter - first;
                return end - at - std::min(own, end - at);
            }
            const std::size_t line = source_.find('\n', end);
            if (line == std::string_view::npos) break;
            at = line + 1;
        }
        return 0;
    }

    void skip_indentation(std::size_t indent) {
        for (std::size_t i = 0; i < indent && here() == ' '; ++i) ++at_;
    }

    std::string_view source_;
    const YamlNode& scalar_;
    std::string_view text_;
    std::size_t at_;
    std::size_t next_ = 0;  ///< of the text
    TextPlaces out_;
};

}  // namespace

TextPlaces place_text(std::string_view source, const YamlNode& scalar) {
    return Aligner(source, scalar).run();
}

std::vector<Position> text_positions(std::string_view source, const YamlNode& scalar) {
    const TextPlaces places = place_text(source, scalar);
    const Lines lines(source);
    std::vector<Position> out;
    Position last;
    std::size_t last_offset = 0;
    const auto position = [&](std::size_t offset) {
        // Most places follow each other on one line: count on from the last one.
        if (!out.empty() && offset == last_offset + 1 && source[last_offset] != '\n' &&
            source[last_offset] != '\r' && (static_cast<unsigned char>(source[last_offset]) & 0x80) == 0)
            ++last.column;
        else
            last = lines.position(offset);
        last_offset = offset;
        return last;
    };
    for (std::size_t i = 0; i < scalar.text.size(); ++i)
        if ((static_cast<unsigned char>(scalar.text[i]) & 0xC0) != 0x80)
            out.push_back(position(places.bytes[i]));
    out.push_back(lines.position(places.text_end));
    return out;
}

}  // namespace tappet::flow
