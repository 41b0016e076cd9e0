#include <algorithm>

#include "base/network.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

Result<std::vector<Network>> read_networks(const Texts& texts) {
    std::vector<Network> out;
    for (const std::string& text : texts) {
        auto network = Network::parse(text);
        if (!network) return Error::invalid("verify: " + network.error().message);
        out.push_back(*network);
    }
    return out;
}

bool any_holds(const std::vector<Network>& networks, const AddressBytes& address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return network.holds(address); });
}

/// By the address of the connection. X-Forwarded-For counts only when a proxy that is named sent it, read
/// from its end, where that proxy wrote: whatever stands further left may be the sender's own invention.
class Ip final : public Verifier {
public:
    Ip(std::vector<Network> senders, std::vector<Network> proxies)
        : senders_(std::move(senders)), proxies_(std::move(proxies)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs) const override {
        auto address = read_address(request.remote);
        if (!address) return "the connection's address is not known";
        if (any_holds(proxies_, *address)) {
            std::string list;
            for (const auto& [name, value] : request.headers.items())
                if (http::same_name(name, "x-forwarded-for")) list += (list.empty() ? "" : ",") + value;
            std::string_view rest = list;
            while (address && any_holds(proxies_, *address)) {
                if (rest.empty()) return "the header X-Forwarded-For does not hold the sender's address";
                address = read_address(take_last(rest));
            }
            if (!address) return "the header X-Forwarded-For holds what is no address";
        }
        if (!any_holds(senders_, *address)) return "the sender's address is not one of those that may send";
        return std::nullopt;
    }
    /// An address is no secret: who shares it may send anything.
    bool authenticates() const override { return false; }

private:
    static std::string_view take_last(std::string_view& rest) {
        const std::size_t comma = rest.rfind(',');
        std::string_view last = comma == std::string_view::npos ? rest : rest.substr(comma + 1);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
        while (!last.empty() && (last.front() == ' ' || last.front() == '\t')) last.remove_prefix(1);
        while (!last.empty() && (last.back() == ' ' || last.back() == '\t')) last.remove_suffix(1);
        return last;
    }

    std::vector<Network> senders_, proxies_;
};

}  // namespace

MadeVerifier make_ip(const flow::VerifyPlan& plan) {
    if (plan.addresses.empty()) return Error::invalid("verify: preset ip needs addresses");
    auto senders = read_networks(plan.addresses);
    if (!senders) return senders.error();
    auto proxies = read_networks(plan.proxies);
    if (!proxies) return proxies.error();
    return std::unique_ptr<Verifier>(std::make_unique<Ip>(std::move(*senders), std::move(*proxies)));
}

}  // namespace tappet::trigger
