#pragma once
#include <string>
#include <string_view>

namespace tappet::flow {

/// The id of a step that has a name only: split at every ASCII character that is no letter or digit, words in
/// lower case, all but the first capitalised. "Get Data from API" is getDataFromApi. Empty when nothing is
/// left; may be no identifier.
std::string camel_case(std::string_view name);
/// [A-Za-z_][A-Za-z0-9_]*
bool is_identifier(std::string_view text);
/// Why the text may not be an id (of a step, trigger or loop variable), as the rest of a sentence: "is
/// reserved: …". Empty when it may.
std::string unfit_id(std::string_view text);
/// [a-z0-9-]+, neither beginning nor ending with a hyphen: a flow's name.
bool is_flow_name(std::string_view text);

}  // namespace tappet::flow
