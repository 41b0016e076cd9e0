#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "flow/catalog.hpp"
#include "flow/diagnostic.hpp"
#include "flow/plan.hpp"

namespace tappet::flow {

struct CompileOptions {
    std::size_t max_bytes = 1u << 20;  ///< of the file
    std::size_t max_steps = 1'000;
    std::size_t max_depth = 64;  ///< YAML nesting
    std::size_t max_alias_nodes = 10'000;
    /// Whether secrets.NAME is set; null: nobody knows, so no warning.
    std::function<bool(std::string_view)> secret_is_set;
    /// A version that was served: what is wrong with how its runs start is a warning, they have started.
    bool stored = false;
};

struct CompiledFlow {
    std::shared_ptr<const Plan> plan;  ///< null when any finding is an error
    std::vector<Diagnostic> findings;  ///< in order of position
};

/// Reads, checks and compiles one flow file: YAML, shape, names, actions, inputs, expressions. Every finding
/// at once. Pure; never throws for bad input. `file` is only named in findings.
CompiledFlow compile(std::string_view file, std::string_view source, const Catalog& catalog,
                     const CompileOptions& options = {});

}  // namespace tappet::flow
