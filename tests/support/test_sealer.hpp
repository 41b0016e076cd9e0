#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

#include "expr/sealer.hpp"

namespace tappet::test {

/// Seals without a key: what it gives does not show the text, and opens with the same associated data alone.
class TestSealer final : public Sealer {
public:
    bool broken = false;
    std::string seal(std::string_view plain, std::string_view associated) const override {
        if (broken) throw std::runtime_error("the sealer is broken");
        std::string out = "sealed:" + std::string(associated) + ":";
        for (const char c : plain) out.push_back(static_cast<char>(c ^ 0x5a));
        return out;
    }
    Result<std::string> open(std::string_view sealed, std::string_view associated) const override {
        const std::string head = "sealed:" + std::string(associated) + ":";
        if (!sealed.starts_with(head)) return Error::corrupt("not sealed for this place");
        std::string out;
        for (const char c : sealed.substr(head.size())) out.push_back(static_cast<char>(c ^ 0x5a));
        return out;
    }
};

}  // namespace tappet::test
