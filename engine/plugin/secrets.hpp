#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet::plugin {

/// The secret texts inside a value, longest first; also as they look percent-encoded. Texts shorter than four
/// bytes are left out: they would blot out half of every message.
class KnownSecrets {
public:
    explicit KnownSecrets(const Value& input);
    bool empty() const { return texts_.empty(); }
    const std::vector<std::string>& texts() const { return texts_; }
    /// The text with each known secret as "••••".
    std::string redact(std::string_view text) const;
    /// The value with the secret mark on each string that holds a known secret; the same value when none
    /// does.
    Value mark(const Value& value) const;

private:
    bool inside(std::string_view text) const;
    std::vector<std::string> texts_;
};

}  // namespace tappet::plugin
