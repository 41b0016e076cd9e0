#pragma once
#include <string>
#include <string_view>

#include "actions.hpp"

namespace core {

/// The request that core/http's input asks for. Throws Error::validation for input that makes none.
tappet::sdk::HttpRequest make_request(const Context& context, View input);
/// What core/http yields for an answer.
Json make_result(const Context& context, const tappet::sdk::HttpResponse& response);
/// The error for a status from 400 on; `target` names the request in its message.
tappet::sdk::Error status_error(const Context& context, const tappet::sdk::HttpResponse& response,
                                const std::string& target, bool show_body);

}  // namespace core
