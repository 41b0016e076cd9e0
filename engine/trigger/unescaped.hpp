#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tappet::trigger {

/// A text whose escapes of JSON (`\u002f`, `\/`, `\n`, pairs of surrogates) are made plain, wherever they
/// stand, and where each of its bytes came from. What is no escape stays. Time is linear.
class Unescaped {
public:
    explicit Unescaped(std::string_view text);
    /// Of percent-encoded text instead; `plus` makes a space of each `+`, as forms do.
    static Unescaped percent(std::string_view text, bool plus);
    /// The same once more: of a JSON text inside a JSON string.
    Unescaped again() const;

    std::string_view text() const { return text_; }
    /// The first byte of what byte `at` came from, in the text that was given first.
    std::size_t from(std::size_t at) const { return from_[at]; }
    /// Behind the last byte of what byte `at` came from.
    std::size_t end(std::size_t at) const;
    /// How many bytes came from before a place in the text that was given first.
    std::size_t before(std::size_t place) const;

private:
    Unescaped() = default;
    std::size_t take(std::string_view text, std::size_t at);
    void add(std::string_view bytes, std::size_t from);

    std::string text_;
    std::vector<std::uint32_t> from_;  ///< of each byte, and where the text ends; texts are below 4 GiB
};

}  // namespace tappet::trigger
