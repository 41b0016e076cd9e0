#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>

#include "http/client.hpp"

namespace tappet::http {
namespace {

namespace ip = boost::asio::ip;
using V6 = std::array<std::uint8_t, 16>;

struct NetV4 {
    std::uint32_t bits = 0;
    unsigned length = 0;
    bool holds(std::uint32_t address) const {
        return length == 0 || ((address ^ bits) >> (32 - length)) == 0;
    }
};

struct NetV6 {
    V6 bits{};
    unsigned length = 0;
    bool holds(const V6& address) const {
        for (unsigned i = 0; i < length; ++i)
            if (((address[i / 8] ^ bits[i / 8]) >> (7 - i % 8)) & 1) return false;
        return true;
    }
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// The IPv4 addresses that are not a public host (IANA special-purpose registry).
constexpr NetV4 kSpecialV4[] = {
    {quad(0, 0, 0, 0), 8},      {quad(10, 0, 0, 0), 8},     {quad(100, 64, 0, 0), 10},
    {quad(127, 0, 0, 0), 8},    {quad(169, 254, 0, 0), 16}, {quad(172, 16, 0, 0), 12},
    {quad(192, 0, 0, 0), 24},   {quad(192, 0, 2, 0), 24},   {quad(192, 88, 99, 0), 24},
    {quad(192, 168, 0, 0), 16}, {quad(198, 18, 0, 0), 15},  {quad(198, 51, 100, 0), 24},
    {quad(203, 0, 113, 0), 24}, {quad(224, 0, 0, 0), 4},    {quad(240, 0, 0, 0), 4},
};

constexpr NetV6 kGlobalV6 = {{0x20}, 3};  // what is handed out to hosts at all
constexpr NetV6 kSpecialV6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo, benchmark, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
};
constexpr NetV6 kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};  // the IPv4 address is in the last four bytes
constexpr NetV6 k6to4 = {{0x20, 0x02}, 16};               // … in bytes two to five

std::uint32_t quad_at(const V6& a, std::size_t i) { return quad(a[i], a[i + 1], a[i + 2], a[i + 3]); }

bool is_public(std::uint32_t address) {
    return std::none_of(std::begin(kSpecialV4), std::end(kSpecialV4),
                        [&](const NetV4& n) { return n.holds(address); });
}

/// The IPv4 address that a packet to this address ends at, where a translator stands between.
std::optional<std::uint32_t> embedded(const V6& address) {
    if (kNat64.holds(address)) return quad_at(address, 12);
    if (k6to4.holds(address)) return quad_at(address, 2);
    return std::nullopt;
}

bool is_public(const V6& address) {
    if (const auto inner = embedded(address)) return is_public(*inner);
    return kGlobalV6.holds(address) && std::none_of(std::begin(kSpecialV6), std::end(kSpecialV6),
                                                    [&](const NetV6& n) { return n.holds(address); });
}

std::string canonical_host(std::string_view host) {
    std::string out(host);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!out.empty() && out.back() == '.') out.pop_back();
    return out;
}

/// Letters, digits, '-', '_' in labels; the last label is no number, or the whole would be an address in
/// disguise.
bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > 253) return false;
    char before = '.';
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!plain && (c != '.' || before == '.')) return false;
        before = c;
    }
    const auto last = name.substr(name.rfind('.') + 1);
    return !last.empty() && last.find_first_not_of("0123456789") != std::string_view::npos &&
           last.substr(0, 2) != "0x";
}

}  // namespace

struct Guard::Rules {
    std::vector<NetV4> v4;
    std::vector<NetV6> v6;
    std::vector<std::string> names;
    std::vector<std::string> suffixes;  // ".internal" for "*.internal"

    bool allows(std::uint32_t address) const {
        return std::any_of(v4.begin(), v4.end(), [&](const NetV4& n) { return n.holds(address); });
    }
    bool allows(const V6& address) const {
        if (std::any_of(v6.begin(), v6.end(), [&](const NetV6& n) { return n.holds(address); })) return true;
        const auto inner = embedded(address);
        return inner && allows(*inner);
    }
    bool allows_name(std::string_view host) const {
        if (std::find(names.begin(), names.end(), host) != names.end()) return true;
        return std::any_of(suffixes.begin(), suffixes.end(), [&](const std::string& s) {
            return host.size() > s.size() && host.substr(host.size() - s.size()) == s;
        });
    }
    bool add(std::string_view entry);
};

bool Guard::Rules::add(std::string_view entry) {
    const auto slash = entry.find('/');
    boost::system::error_code bad;
    const auto address = ip::make_address(std::string(entry.substr(0, slash)), bad);
    if (bad || entry.find('%') != std::string_view::npos) {
        const std::string host = canonical_host(entry);
        const bool wild = host.substr(0, 2) == "*.";
        if (slash != std::string_view::npos || !is_host_name(wild ? std::string_view(host).substr(2) : host))
            return false;
        (wild ? suffixes : names).push_back(wild ? host.substr(1) : host);
        return true;
    }
    const unsigned whole = address.is_v4() ? 32 : 128;
    unsigned length = whole;
    if (slash != std::string_view::npos) {
        const auto text = entry.substr(slash + 1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (error != std::errc() || end != text.data() + text.size() || length > whole) return false;
    }
    if (address.is_v4())
        v4.push_back({address.to_v4().to_uint(), length});
    else if (address.to_v6().is_v4_mapped() && length >= 96)
        v4.push_back({ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_uint(), length - 96});
    else
        v6.push_back({address.to_v6().to_bytes(), length});
    return true;
}

Result<Guard> Guard::create(const std::vector<std::string>& allow) {
    Guard guard;
    auto rules = std::make_shared<Rules>();
    for (const auto& entry : allow)
        if (!rules->add(entry))
            return Error::invalid(
                fmt::format("\"{}\" is neither an address, nor a network such as 10.0.0.0/8, nor a host name "
                            "such as *.internal",
                            entry));
    guard.rules_ = std::move(rules);
    return guard;
}

bool Guard::allows(const std::string& host, const std::string& address) const {
    boost::system::error_code bad;
    const auto parsed = ip::make_address(address, bad);
    if (bad) return false;
    if (rules_ && rules_->allows_name(canonical_host(host))) return true;
    if (parsed.is_v6() && !parsed.to_v6().is_v4_mapped()) {
        const auto bytes = parsed.to_v6().to_bytes();
        return is_public(bytes) || (rules_ && rules_->allows(bytes));
    }
    const auto v4 = parsed.is_v4() ? parsed.to_v4() : ip::make_address_v4(ip::v4_mapped, parsed.to_v6());
    return is_public(v4.to_uint()) || (rules_ && rules_->allows(v4.to_uint()));
}

}  // namespace tappet::http
