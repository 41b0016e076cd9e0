#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "http/client.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "store/outgoing.hpp"
#include "trigger/settings.hpp"

namespace tappet::outgoing {

/// One attempt's request, and whether its address may be shown.
struct Letter {
    http::ClientRequest request;
    bool secret_url = false;  ///< a secret is part of it
};

inline constexpr std::chrono::seconds kTimeout{15};
inline constexpr std::uint64_t kMaxAnswer = 1u << 20;  ///< bytes that are read of an answer

/// Makes up the address and signs, under the version of the flow that the run began with and with variables
/// and secrets as they are. Fails, without a secret in the text, where that cannot be done. On the loop's
/// thread; may block for a disk access.
Result<Letter> write_letter(const store::OutgoingMessage& message, runtime::Flows& flows,
                            runtime::ConfigVars& vars, const trigger::FindSecret& secret, TimeMs now);

/// The same for an address of this flow, whatever the message says of both.
Result<Letter> write_letter(const store::OutgoingMessage& message, const runtime::Flow& flow,
                            const flow::NotifyPlan& address, runtime::ConfigVars& vars,
                            const trigger::FindSecret& secret, TimeMs now);

}  // namespace tappet::outgoing
