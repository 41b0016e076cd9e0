#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace tappet::flow::schema {

/// A regular expression as JSON Schema means it (ECMAScript, unanchored), matched in linear time. Immutable,
/// any thread.
class Pattern {
public:
    /// Null when it cannot be compiled; `error` then says why.
    static std::shared_ptr<const Pattern> compile(std::string_view text, std::string& error);

    bool matches(std::string_view text) const;  ///< anywhere in it
    /// What a search takes at most, in the checker's units.
    std::size_t work(std::string_view text) const;
    const std::string& text() const { return text_; }

    struct Engine;
    Pattern(std::string text, std::unique_ptr<const Engine> engine);
    ~Pattern();

private:
    std::string text_;
    std::unique_ptr<const Engine> engine_;
};

}  // namespace tappet::flow::schema
