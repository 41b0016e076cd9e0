#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <map>
#include <streambuf>

#include "base/encoding.hpp"
#include "flow/yaml.hpp"
#include "flow/yaml_faults.hpp"
#include "flow/yaml_lines.hpp"
#include "flow/yaml_scalar.hpp"
#include "flow/yaml_strict.hpp"
#include "flow/yaml_text.hpp"

namespace tappet::flow {
namespace {

/// Ends the reading of a document that cannot be gone on with; the finding has been noted.
struct GiveUp {};

class Source final : public std::streambuf {
public:
    explicit Source(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // only read from
        setg(begin, begin, begin + text.size());
    }
};

std::size_t count(const YamlNode& node) {
    std::size_t total = 1;
    for (const YamlNode& item : node.items) total += count(item);
    for (const YamlPair& pair : node.pairs) total += count(pair.value);
    return total;
}

/// Builds the tree from yaml-cpp's events.
class Builder final : public YAML::EventHandler {
public:
    Builder(std::string_view file, std::string_view source, const YamlLimits& limits,
            std::vector<Diagnostic>& findings)
        : file_(file), source_(source), limits_(limits), findings_(findings), lines_(source) {}

    std::optional<YamlNode> take() { return std::move(root_); }
    bool got_document() const { return documents_ > 0; }

    [[noreturn]] void give_up(YamlFault fault) {
        say(fault.begin, fault.end, std::move(fault.code), std::move(fault.message),
            std::move(fault.suggestion));
        throw GiveUp{};
    }
    void say(std::size_t offset, std::size_t end, std::string code, std::string message,
             std::string suggestion = {}) {
        findings_.push_back({file_,
                             {lines_.position(offset), lines_.position(std::max(end, offset))},
                             Severity::error,
                             std::move(code),
                             std::move(message),
                             std::move(suggestion)});
    }
    std::size_t offset(const YAML::Mark& mark) const {
        return mark.is_null() ? source_.size()
                              : lines_.offset(static_cast<std::size_t>(mark.line),
                                              static_cast<std::size_t>(mark.column));
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ == 1) return;
        const std::size_t at = offset(mark);
        say(at, at + 1, "yaml-documents", "a second document begins here: a file holds one");
        throw GiveUp{};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        YamlNode node;
        node.offset = skip_properties(offset(mark));
        const std::size_t length = written_null(node.offset);
        if (length == 0) node.offset = place_of_nothing(node.offset);
        node.text = source_.substr(node.offset, length);
        node.range = {lines_.position(node.offset), lines_.position(node.offset + length)};
        end_ = std::max(end_, node.offset + length);
        finish(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        const std::size_t at = offset(mark);
        if (known == anchors_.end()) {
            say(at, word_end(at), "yaml-aliases", "this alias names a value that it is part of");
            throw GiveUp{};
        }
        expanded_ += known->second.nodes;
        if (expanded_ > limits_.max_alias_nodes) {
            say(at, word_end(at), "yaml-aliases",
                "aliases expand to more than " + std::to_string(limits_.max_alias_nodes) + " values");
            throw GiveUp{};
        }
        end_ = std::max(end_, word_end(at));
        YamlNode node = known->second.node;
        if (expects_key() && node.is_scalar()) {  // a key stands where it is written
            node.offset = at;
            node.range = {lines_.position(at), lines_.position(end_)};
        }
        finish(std::move(node), 0);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node;
        const std::size_t at = offset(mark);
        if (tag != "?" && tag != "!" && refuse_tag(at, tag)) return finish(text_of_tag(at), anchor);
        node.offset = skip_properties(at);
        node.text = value;
        node.style = style_at(node.offset, tag);
        const TextPlaces places = place_text(source_, node);
        check_closed(node, places.end);
        check_strictly(node, places.end);
        node.range = {lines_.position(node.offset), lines_.position(places.end)};
        end_ = places.end;
        if (node.style == ScalarStyle::plain) {
            resolve_plain(node);
            if (node.is(YamlKind::number) && !std::isfinite(node.scalar.as_number()))
                say(node.offset, places.end, "yaml-number",
                    "JSON has no such number: infinities, NaN and numbers beyond 1e308 cannot be written");
        } else {
            node.kind = YamlKind::string;
            node.scalar = Value::string(value);
        }
        finish(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override {
        open(mark, tag, anchor, YamlKind::sequence, style == YAML::EmitterStyle::Flow);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override {
        open(mark, tag, anchor, YamlKind::mapping, style == YAML::EmitterStyle::Flow);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        bool flow = false;  ///< written with brackets
        bool has_key = false;
        bool merges = false;           ///< the key is <<
        std::vector<YamlPair> merged;  ///< what merge keys would bring
        std::string key;
        Range key_range;
        std::size_t key_end = 0;
        std::map<std::string, std::uint32_t, std::less<>> lines;  ///< of the keys so far
    };
    struct Anchored {
        YamlNode node;
        std::size_t nodes = 0;
    };

    std::size_t word_end(std::size_t at) const {
        const std::size_t end = source_.find_first_of(" \t\r\n,[]{}", at);
        return end == std::string_view::npos ? source_.size() : end;
    }

    /// Past anchors and tags, to where the value itself begins.
    std::size_t skip_properties(std::size_t at) const {
        while (at < source_.size() && (source_[at] == '&' || source_[at] == '!')) {
            at = word_end(at);
            while (at < source_.size() &&
                   (source_[at] == ' ' || source_[at] == '\t' || source_[at] == '\r' || source_[at] == '\n'))
                ++at;
        }
        return at;
    }

    ScalarStyle style_at(std::size_t at, const std::string& tag) const {
        const char c = at < source_.size() ? source_[at] : '\0';
        if (c == '"') return ScalarStyle::double_quoted;
        if (c == '\'') return ScalarStyle::single_quoted;
        if (tag == "?") return ScalarStyle::plain;
        if (c == '|') return ScalarStyle::literal;
        if (c == '>') return ScalarStyle::folded;
        return ScalarStyle::plain;
    }

    /// Says that there is a tag; whether it was meant as the text of an expression.
    bool refuse_tag(std::size_t at, const std::string& tag) {
        if (!tag.starts_with("tag:") && is_text_read_as_tag(source_, at)) {
            const std::size_t end = end_of_text_on_line(source_, at, in_flow());
            const std::string_view text = source_.substr(at, end - at);
            say(at, end, "quote-it", "YAML reads `!` at the beginning as a tag: quote the text",
                quoted(text));
            return true;
        }
        say(at, word_end(at), "yaml-tag", "tags are not taken here: the value says what it is");
        return false;
    }

    /// The text that was meant, so that the rest of it is checked all the same.
    YamlNode text_of_tag(std::size_t at) {
        YamlNode node;
        end_ = end_of_text_on_line(source_, at, in_flow());
        node.kind = YamlKind::string;
        node.offset = at;
        node.text = source_.substr(at, end_ - at);
        node.scalar = Value::string(node.text);
        node.range = {lines_.position(at), lines_.position(end_)};
        return node;
    }

    bool in_flow() const { return !stack_.empty() && stack_.back().flow; }

    /// yaml-cpp takes the end of the file for the quote.
    void check_closed(const YamlNode& node, std::size_t end) {
        if (node.style != ScalarStyle::single_quoted && node.style != ScalarStyle::double_quoted) return;
        const bool closed = end >= node.offset + 2 && source_[end - 1] == source_[node.offset];
        if (closed) return;
        say(node.offset, node.offset + 1, "yaml-syntax", "this quote is not closed");
        throw GiveUp{};
    }

    void check_strictly(const YamlNode& node, std::size_t end) {
        if (node.style == ScalarStyle::literal || node.style == ScalarStyle::folded)
            if (auto fault = loose_block_head(source_, node.offset)) give_up(std::move(*fault));
        const bool quoted =
            node.style == ScalarStyle::single_quoted || node.style == ScalarStyle::double_quoted;
        const auto holder =
            std::find_if(stack_.rbegin(), stack_.rend(), [](const Frame& frame) { return !frame.flow; });
        if (quoted && holder != stack_.rend())
            if (auto fault = shallow_line(source_, node.offset, end, holder->node.offset))
                give_up(std::move(*fault));
    }

    bool expects_key() const {
        return !stack_.empty() && stack_.back().node.is(YamlKind::mapping) && !stack_.back().has_key;
    }

    /// The length of the word for null at `at`; 0 where nothing is written and the place is that of what
    /// follows.
    std::size_t written_null(std::size_t at) const {
        const std::size_t length = null_word(source_, at);
        const bool value =
            !stack_.empty() && (stack_.back().has_key || stack_.back().node.is(YamlKind::sequence));
        if (length == 0 || !value) return length;
        const std::size_t next = source_.find_first_not_of(" \t", at + length);
        const bool is_key = next != std::string_view::npos && source_[next] == ':' && !stack_.back().flow;
        return is_key ? 0 : length;
    }

    /// Where a value that is not written would stand.
    std::size_t place_of_nothing(std::size_t next) const {
        if (stack_.empty()) return next;
        const Frame& frame = stack_.back();
        if (frame.has_key) return frame.key_end;
        if (!frame.node.is(YamlKind::sequence) || frame.flow) return next;
        if (frame.node.items.empty()) return std::min(frame.node.offset + 1, source_.size());
        return end_of_dash(source_, end_);
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlKind kind,
              bool flow) {
        const std::size_t at = offset(mark);
        if (tag != "?" && tag != "!" && !tag.empty())
            say(at, word_end(at), "yaml-tag", "tags are not taken here: the value says what it is");
        if (stack_.size() == limits_.max_depth) {
            say(at, at + 1, "yaml-depth", "nested more than " + std::to_string(limits_.max_depth) + " deep");
            throw GiveUp{};
        }
        Frame frame;
        frame.node.kind = kind;
        frame.node.offset = skip_properties(at);
        frame.node.range.begin = lines_.position(frame.node.offset);
        frame.anchor = anchor;
        frame.flow = flow;
        end_ = std::min(frame.node.offset + 1, source_.size());
        stack_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(stack_.back());
        stack_.pop_back();
        const char bracket = frame.node.offset < source_.size() ? source_[frame.node.offset] : '\0';
        const char closing = bracket == '[' ? ']' : bracket == '{' ? '}' : '\0';
        if (closing != '\0') {
            const std::size_t at = source_.find(closing, end_);
            if (at != std::string_view::npos) end_ = at + 1;
        }
        end_ = std::max(end_, frame.node.offset);
        frame.node.range.end = lines_.position(end_);
        for (YamlPair& pair : frame.merged)
            if (!frame.node.find(pair.key)) frame.node.pairs.push_back(std::move(pair));
        finish(std::move(frame.node), frame.anchor);
    }

    void finish(YamlNode node, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = {node, count(node)};
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& frame = stack_.back();
        if (frame.node.is(YamlKind::sequence)) {
            frame.node.items.push_back(std::move(node));
            return;
        }
        if (!frame.has_key) {
            take_key(frame, std::move(node));
            return;
        }
        frame.has_key = false;
        if (frame.merges) {  // said; what it would bring is looked at all the same
            std::move(node.pairs.begin(), node.pairs.end(), std::back_inserter(frame.merged));
            return;
        }
        if (frame.node.find(frame.key)) return;  // said as a doubled key: the first one counts
        frame.node.pairs.push_back({std::move(frame.key), frame.key_range, std::move(node)});
    }

    void take_key(Frame& frame, YamlNode key) {
        const std::size_t end = std::max(end_, key.offset);
        if (!key.is_scalar()) {
            say(key.offset, key.offset + 1, "yaml-key",
                key.is(YamlKind::mapping) ? "a key must be a text, this is a map"
                                          : "a key must be a text, this is a list");
            throw GiveUp{};
        }
        if (!frame.flow)
            if (auto fault = key_without_colon(source_, key.offset, end)) give_up(std::move(*fault));
        frame.merges = key.style == ScalarStyle::plain && key.text == "<<";
        if (frame.merges)
            say(key.offset, end, "yaml-merge-key", "merge keys are not taken: write the members out");
        const auto [known, fresh] = frame.lines.emplace(key.text, key.range.begin.line);
        if (!fresh)
            say(key.offset, end, "duplicate-key",
                "the key `" + key.text + "` is there already, at line " + std::to_string(known->second));
        frame.has_key = true;
        frame.key = std::move(key.text);
        frame.key_range = key.range;
        std::size_t colon = end;
        while (colon < source_.size() && (source_[colon] == ' ' || source_[colon] == '\t')) ++colon;
        frame.key_end = colon < source_.size() && source_[colon] == ':' ? colon + 1 : end;
        end_ = frame.key_end;
    }

    std::string file_;
    std::string_view source_;
    const YamlLimits& limits_;
    std::vector<Diagnostic>& findings_;
    Lines lines_;
    std::vector<Frame> stack_;
    std::map<YAML::anchor_t, Anchored> anchors_;
    std::optional<YamlNode> root_;
    std::size_t end_ = 0;  ///< of the last value
    std::size_t expanded_ = 0;
    std::size_t documents_ = 0;
};

/// A byte that no YAML text has; the size of the text when there is none.
std::size_t find_bad_byte(std::string_view source) {
    if (const std::size_t bad = find_invalid_utf8(source); bad != std::string_view::npos) return bad;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const auto byte = static_cast<unsigned char>(source[i]);
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) return i;
    }
    return source.size();
}

bool check_text(std::string_view source, const YamlLimits& limits, Builder& builder) {
    if (source.size() > limits.max_bytes) {
        builder.say(0, 0, "yaml-size",
                    "the file has more than " + std::to_string(limits.max_bytes) + " bytes");
        return false;
    }
    if (const std::size_t bad = find_bad_byte(source); bad < source.size()) {
        const bool control = static_cast<unsigned char>(source[bad]) < 0x80;
        builder.say(bad, bad, "yaml-encoding",
                    control ? "a control character stands here, write it as an escape in double quotes"
                            : "a byte that no UTF-8 text has stands here");
        return false;
    }
    return true;
}

}  // namespace

YamlDocument read_yaml(std::string_view file, std::string_view source, const YamlLimits& limits) {
    YamlDocument out;
    Builder builder(file, source, limits, out.findings);
    if (!check_text(source, limits, builder)) return out;
    try {
        Source buffer(source);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        out.root = builder.take();
    } catch (const GiveUp&) {
    } catch (const YAML::Exception& e) {
        const YamlFault fault = explain_fault(source, builder.offset(e.mark), e.msg);
        builder.say(fault.begin, fault.end, fault.code, fault.message, fault.suggestion);
    }
    if (out.root && out.root->is(YamlKind::null)) out.root.reset();
    return out;
}

}  // namespace tappet::flow
