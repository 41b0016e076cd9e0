#pragma once
#include <string>

#include "api/context.hpp"
#include "api/document.hpp"
#include "run/history.hpp"

namespace tappet::api {

/// A run as a row of the list tells it; `sealer` opens its outputs. Any thread.
Resource row_resource(const store::RunRow& row, const run::Sealer* sealer);
/// A run as its journal tells it. `steps`, where they are given, are named in its relationships. Any thread.
Resource story_resource(const run::History& story, const std::vector<Resource>* steps);
Resource step_resource(const RunId& run, const run::StepRecord& step);
/// `number`: its place among the run's lines.
Resource log_resource(const RunId& run, const run::LogRecord& line, std::size_t number);

/// The answer to who started a run: 202 with what is known of it, and Location.
http::Response started(const Context& context, const Call& call, const std::string& flow,
                       const runtime::Accepted& accepted);

}  // namespace tappet::api
