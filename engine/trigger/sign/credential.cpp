#include <algorithm>

#include "base/encoding.hpp"
#include "trigger/sign.hpp"

namespace tappet::trigger {

Result<http::Headers> sign_basic(const Unsigned& what) {
    if (what.secret.find(':') == std::string::npos)
        return Error::invalid("sign: a secret of preset basic is written user:password");
    return http::Headers{{"authorization", "Basic " + to_base64(what.secret)}};
}

Result<http::Headers> sign_bearer(const Unsigned& what) {
    const bool sendable = std::all_of(what.secret.begin(), what.secret.end(),
                                      [](unsigned char c) { return c > ' ' && c != 0x7f; });
    if (!sendable)
        return Error::invalid("sign: a secret of preset bearer is a token, without spaces and line ends");
    return http::Headers{{"authorization", "Bearer " + what.secret}};
}

}  // namespace tappet::trigger
