#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tappet::flow {

/// Why a step or run failed: the closed list that flows, policies and plugins speak. The order is stored:
/// append only.
enum class ErrorClass : std::uint8_t {
    validation,
    auth,
    forbidden,
    not_found,
    conflict,
    rate_limited,
    timeout,
    unavailable,
    upstream,
    plugin_crashed,
    cancelled,
    stopped,
    internal
};

/// As flows write it: "rateLimited", "plugin.crashed".
std::string_view to_string(ErrorClass c);
std::optional<ErrorClass> parse_error_class(std::string_view text);
/// The whole list, as flows write it.
std::span<const std::string_view> error_class_names();

/// The code of a call that was refused since its plugin is set aside. Its class is plugin.crashed, but
/// nothing has crashed: it counts neither for the run nor for the plugin.
inline constexpr std::string_view kPluginQuarantined = "plugin.quarantined";

/// A failed step or run, as `error` in handlers, in the journal and in the API.
struct RunError {
    ErrorClass error_class = ErrorClass::internal;
    std::string code;  ///< finer than the class, for machines: "http.503"; may be empty
    std::string message;
    int status = 0;    ///< an HTTP status where there was one, else 0
    std::string step;  ///< path of the failed step; empty for errors of outputs, labels and the run itself
    friend bool operator==(const RunError&, const RunError&) = default;
};

}  // namespace tappet::flow
