#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "flow/diagnostic.hpp"
#include "flow/template.hpp"

namespace tappet::flow {

inline constexpr std::size_t kMaxNotify = 8;         ///< addresses of one flow
inline constexpr std::size_t kMaxNotifySecrets = 2;  ///< the one in use and the one it is rotated with

/// Where a flow's runs are told of: one member of `notify`.
struct NotifyPlan {
    std::string id;  ///< unique among the flow's addresses
    Position position;
    bool on_end = false;            ///< whatever the run ends as
    bool on_failure = false;        ///< the run ends as failed or quarantined
    bool on_wait = false;           ///< the run begins to wait for something from outside
    Template url;                   ///< sees configVars and secrets
    std::vector<Template> secrets;  ///< one or two: messages are signed with each
    bool outputs = true;            ///< whether messages hold the run's outputs
    bool labels = true;             ///< and its labels
};

}  // namespace tappet::flow
