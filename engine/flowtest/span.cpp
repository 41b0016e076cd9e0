#include "flowtest/span.hpp"

#include <array>
#include <utility>

#include "base/time_text.hpp"

namespace tappet::flowtest {

bool Span::holds(std::chrono::milliseconds got) const {
    switch (op) {
        case Op::equal:
            return got == length;
        case Op::less:
            return got < length;
        case Op::at_most:
            return got <= length;
        case Op::more:
            return got > length;
        case Op::at_least:
            return got >= length;
    }
    return false;
}

std::optional<Span> parse_span(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, Span::Op>, 5> kOps{{{"<=", Span::Op::at_most},
                                                                                {">=", Span::Op::at_least},
                                                                                {"==", Span::Op::equal},
                                                                                {"<", Span::Op::less},
                                                                                {">", Span::Op::more}}};
    Span out;
    for (const auto& [sign, op] : kOps) {
        if (!text.starts_with(sign)) continue;
        text.remove_prefix(sign.size());
        out.op = op;
        break;
    }
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto length = parse_duration(text);
    if (!length) return std::nullopt;
    out.length = *length;
    return out;
}

}  // namespace tappet::flowtest
