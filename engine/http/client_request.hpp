#pragma once
#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/url.hpp"

namespace tappet::http {

/// Why the request may not be sent, if so: method or field names that are no tokens, control characters in
/// values (so that nothing can inject a header), lengths that contradict the body, fields that are the
/// client's own business.
std::optional<std::string> request_problem(const ClientRequest& request);

/// The request line and fields up to the empty line. `absolute` writes the whole URL on the request line, as
/// a proxy wants it.
std::string request_head(const ClientRequest& request, const Url& url, bool absolute,
                         const std::string& user_agent);

/// Whether sending twice does what sending once does: by its method (RFC 9110, 9.2.2), or since it says so
/// with an Idempotency-Key.
bool is_idempotent(const ClientRequest& request);

/// Whether an answer with this status sends the client elsewhere, given that it has a Location.
bool is_redirect(int status);

/// Turns the request into the one that follows a redirect (RFC 9110, 15.4): 303, and 301 or 302 to a POST,
/// become GET without a body. When the origin changes, Host and every field that looks like a credential are
/// dropped.
void follow_redirect(ClientRequest& request, int status, const Url& from, const Url& to);

}  // namespace tappet::http
