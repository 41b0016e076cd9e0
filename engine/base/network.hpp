#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace tappet {

/// An address of IPv6, or one of IPv4 as its mapped one (::ffff:10.0.0.1), so that both spellings are one.
using AddressBytes = std::array<std::uint8_t, 16>;

/// Of text such as 10.0.0.1 or 2001:db8::1; nothing for any other, and for one with a scope (fe80::1%eth0).
std::optional<AddressBytes> read_address(std::string_view text);

/// A range of addresses. A value; any thread.
class Network {
public:
    /// An address, or CIDR (RFC 4632) such as 192.0.2.0/24 or 2001:db8::/32; bits behind the prefix do not
    /// count. The error (invalid) quotes the text.
    static Result<Network> parse(std::string_view text);

    bool holds(const AddressBytes& address) const;

private:
    Network(const AddressBytes& address, unsigned bits) : address_(address), bits_(bits) {}
    AddressBytes address_;
    unsigned bits_;  ///< of the 128 that must be the same
};

}  // namespace tappet
