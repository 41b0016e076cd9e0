#include "plugin/child/printed_secrets.hpp"

#include <algorithm>

namespace tappet::plugin::child {

void PrintedSecrets::enter(std::uint64_t call, const Value& input) {
    if (!input.holds_secret()) return;
    KnownSecrets known(input);
    if (known.empty()) return;
    calls_.emplace_back(call, std::move(known));
    if (calls_.size() >= prune_at_) prune();
}

/// Not at each call: it looks at all of them.
void PrintedSecrets::prune() {
    const auto ended = [this](const auto& each) { return !under_way_(each.first); };
    auto surplus = static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), ended));
    surplus -= std::min(surplus, kEnded);
    std::erase_if(calls_, [&](const auto& each) { return surplus > 0 && ended(each) && surplus-- > 0; });
    prune_at_ = 2 * (calls_.size() + kEnded);
}

void PrintedSecrets::give(std::string account, const Value& fields) {
    accounts_.insert_or_assign(std::move(account), KnownSecrets(fields));
}

std::string PrintedSecrets::redact(std::string_view line) const {
    std::string out(line);
    for (const auto& [call, known] : calls_) out = known.redact(out);
    for (const auto& [account, known] : accounts_) out = known.redact(out);
    return out;
}

}  // namespace tappet::plugin::child
