#include "base/network.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <string>

namespace tappet {

namespace ip = boost::asio::ip;

std::optional<AddressBytes> read_address(std::string_view text) {
    boost::system::error_code error;
    const ip::address address = ip::make_address(std::string(text), error);
    if (error || (address.is_v6() && address.to_v6().scope_id() != 0)) return std::nullopt;
    return (address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6())
        .to_bytes();
}

Result<Network> Network::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view base = text.substr(0, slash);
    const auto address = read_address(base);
    const unsigned width = base.find(':') == std::string_view::npos ? 32 : 128;
    unsigned bits = width;
    bool read = address.has_value();
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
        read = read && error == std::errc() && end == length.data() + length.size() && bits <= width;
    }
    if (!read)
        return Error::invalid(std::string(text) +
                              " is no network; write an address or CIDR such as 192.0.2.0/24 or "
                              "2001:db8::/32");
    return Network(*address, bits + 128 - width);
}

bool Network::holds(const AddressBytes& address) const {
    for (unsigned i = 0; i < bits_; ++i)
        if (((address_[i / 8] ^ address[i / 8]) >> (7 - i % 8) & 1) != 0) return false;
    return true;
}

}  // namespace tappet
