#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tappet::http {

/// An absolute http or https URL, taken apart. The fragment is not kept.
struct Url {
    bool tls = false;
    std::string host;        ///< lower case; an IPv6 literal without its brackets
    std::uint16_t port = 0;  ///< never 0: the scheme's own when the text has none
    std::string target;      ///< path and query as sent on the request line; begins with '/'

    bool is_ipv6() const { return host.find(':') != std::string::npos; }
    /// host, or [host] for an IPv6 literal, with the port.
    std::string authority() const;
    /// As the Host field wants it: the port only when it is not the scheme's own.
    std::string host_field() const;
    /// scheme://host:port, always with the port: two URLs of the same origin have the same text.
    std::string origin() const;
    /// The whole URL again.
    std::string text() const;
    bool same_origin(const Url& other) const {
        return tls == other.tls && port == other.port && host == other.host;
    }
};

/// Reads an absolute URL strictly (RFC 3986): http or https, no user info, no backslash, space, control or
/// non-ASCII character, whole percent escapes, a port in 1..65535, no IPv6 zone. Square brackets and '|' are
/// let through in path and query, since filter[name]=a|b is common. Errors do not repeat the URL, which may
/// hold credentials.
Result<Url> parse_url(std::string_view text);

/// What a Location field means beside the URL that answered it (RFC 3986, 5.2). Characters that do not belong
/// in a URL are percent-encoded, as servers send them raw; control characters and user info are errors.
Result<Url> resolve_location(const Url& base, std::string_view location);

}  // namespace tappet::http
