#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/value.hpp"
#include "plugin/secrets.hpp"

namespace tappet::plugin::child {

/// What a child was given that is secret, to be kept out of what it prints: of its calls under way, of the
/// last hundred that ended, whose words may be read later than their answers, and of the accounts that it
/// asked for. Loop thread.
class PrintedSecrets {
public:
    static constexpr std::size_t kEnded = 100;

    explicit PrintedSecrets(std::function<bool(std::uint64_t call)> under_way)
        : under_way_(std::move(under_way)) {}
    void enter(std::uint64_t call, const Value& input);
    void give(std::string account, const Value& fields);  ///< in place of what it was before
    std::string redact(std::string_view line) const;

private:
    void prune();
    std::function<bool(std::uint64_t)> under_way_;
    std::vector<std::pair<std::uint64_t, KnownSecrets>> calls_;  ///< the oldest first
    std::size_t prune_at_ = 2 * kEnded;
    std::map<std::string, KnownSecrets> accounts_;
};

}  // namespace tappet::plugin::child
