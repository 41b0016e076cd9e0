#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/value.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// Takes out of texts what may not be shown of a trigger's requests: "••••" in its place. Known texts are
/// found as they are, percent-encoded, as inside a JSON string whatever of it is escaped (and inside one that
/// is in another), and as base64; those shorter than four bytes
/// are left out, since they would blot out half of every text. Time is linear in the text, whoever chose it.
/// A value.
class Redactor {
public:
    Redactor() = default;
    /// `secrets`: what `verify` compares with; `settings`: marked values in it count; `header`: one that the
    /// trigger says carries a credential.
    Redactor(const std::vector<std::string>& secrets, const Value& settings, std::string header);

    /// This one, and also what the request itself shows as credentials, right or wrong.
    Redactor with_credentials_of(const http::Request& request) const;

    /// Whether a header or a parameter of that name holds a credential: by the trigger, or as its name says.
    bool hides(std::string_view name) const;
    std::string text(std::string_view text) const { return text_until(text, text.size()); }
    /// The same of what begins in the first `bytes` bytes: a secret across the end is a secret.
    std::string text_until(std::string_view text, std::size_t bytes) const;
    /// The query of an address, still percent-encoded.
    std::string query(std::string_view query) const;
    bool finds_in(std::string_view text) const;

private:
    using Places = std::vector<std::pair<std::size_t, std::size_t>>;  ///< from, to
    void add(std::string_view secret);
    void find_escaped(std::string_view text, std::size_t bytes, Places& hidden) const;

    std::vector<std::string> texts_;
    std::string header_;  ///< in lower case; may be empty
};

inline constexpr std::string_view kRedacted = "••••";

}  // namespace tappet::trigger
