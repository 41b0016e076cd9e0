#pragma once
#include <optional>
#include <string>
#include <vector>

#include "expr/value.hpp"
#include "scene.hpp"

namespace tappet::crash {

/// A run as the engine lists it.
struct ListedRun {
    std::string id, flow, event, status;
    bool is_final() const { return status == "succeeded" || status == "failed" || status == "cancelled"; }
};

/// All runs, or those of some statuses ("waiting,running"); nothing when the engine died meanwhile or
/// answered with something else, which is then in the ledger.
Task<std::optional<std::vector<ListedRun>>> list_runs(Scene& scene, std::string statuses = "");
/// The document of a run with its steps in `included`; nothing as above.
Task<std::optional<Value>> read_run(Scene& scene, Connection& connection, std::string run);
/// Asks for the end of a run; true when it is cancelled.
Task<bool> cancel_run(Scene& scene, Connection& connection, std::string run);

/// The text at a path of keys of a document; empty where there is none.
std::string text_at(const Value& document, std::initializer_list<std::string_view> path);

}  // namespace tappet::crash
