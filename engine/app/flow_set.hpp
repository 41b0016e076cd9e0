#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "flow/diagnostic.hpp"
#include "flow/plan.hpp"

namespace tappet::app {

/// The flows that one engine would serve together: finds what no file shows by itself.
class FlowSet {
public:
    /// Takes a flow that compiles, with its file and source. What collides with a flow that was taken before,
    /// at its place in this file: a name that is taken in its tenant (duplicate-flow), a webhook's `path`, or
    /// its address by flow and id, that is another one's (duplicate-path).
    std::vector<flow::Diagnostic> add(const std::string& file, std::string_view source,
                                      const std::string& tenant, const flow::Plan& plan);

private:
    std::map<std::string, std::string> files_;   ///< of flows, by "tenant/name"
    std::map<std::string, std::string> owners_;  ///< "trigger … of flow …", by "tenant/path"
};

}  // namespace tappet::app
