// The `encoders` extension.
#include "base/encoding.hpp"
#include "expr/functions/function.hpp"

namespace tappet::expr {
namespace {

Value encode(Call& call) {
    if (call.kind(0) != Kind::bytes) return call.no_overload();
    const std::size_t size = call[0].size() / 3 * 4 + 4;
    if (!call.meter.fits(size) || !call.meter.spend_bytes(size)) return {};
    return Value::string(to_base64(call[0].as_string()));
}

Value decode(Call& call) {
    if (call.kind(0) != Kind::string) return call.no_overload();
    if (!call.meter.spend_bytes(call[0].size())) return {};
    const auto bytes = from_base64(call[0].as_string());
    return bytes ? Value::bytes(*bytes) : call.fail(shown(call[0]) + " is not base64");
}

constexpr Function kFunctions[] = {
    {"base64.encode", false, "y>s", encode},
    {"base64.decode", false, "s>y", decode},
};

}  // namespace

std::span<const Function> encoder_functions() { return kFunctions; }

}  // namespace tappet::expr
