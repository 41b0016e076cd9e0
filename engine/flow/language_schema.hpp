#pragma once
#include "expr/value.hpp"
#include "flow/catalog.hpp"

namespace tappet::flow {

/// The flow language as JSON Schema (2020-12), for editors: with all actions and triggers of a catalog under
/// `uses`, and each one's own `with`. Looser than the compiler, which has the last word: an expression fits
/// everywhere.
Value language_schema(const Catalog& catalog);

}  // namespace tappet::flow
