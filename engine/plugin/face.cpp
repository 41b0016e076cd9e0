#include "plugin/face.hpp"

#include <cstddef>
#include <utility>

#include "base/log.hpp"
#include "plugin/builder.hpp"
#include "plugin/core.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

using flow::ErrorClass;
static_assert(static_cast<int>(ErrorClass::validation) == TAPPET_VALIDATION &&
              static_cast<int>(ErrorClass::auth) == TAPPET_AUTH);
static_assert(static_cast<int>(ErrorClass::forbidden) == TAPPET_FORBIDDEN &&
              static_cast<int>(ErrorClass::not_found) == TAPPET_NOT_FOUND);
static_assert(static_cast<int>(ErrorClass::conflict) == TAPPET_CONFLICT);
static_assert(static_cast<int>(ErrorClass::rate_limited) == TAPPET_RATE_LIMITED);
static_assert(static_cast<int>(ErrorClass::timeout) == TAPPET_TIMEOUT &&
              static_cast<int>(ErrorClass::unavailable) == TAPPET_UNAVAILABLE);
static_assert(static_cast<int>(ErrorClass::upstream) == TAPPET_UPSTREAM &&
              static_cast<int>(ErrorClass::cancelled) == TAPPET_CANCELLED);
static_assert(static_cast<int>(ErrorClass::plugin_crashed) == TAPPET_PLUGIN_CRASHED &&
              static_cast<int>(ErrorClass::stopped) == TAPPET_STOPPED);
static_assert(static_cast<int>(ErrorClass::internal) == TAPPET_INTERNAL);

/// What is read of an error: version 1.0 has all of it, and a longer one is of a newer header.
constexpr std::size_t kErrorSize = offsetof(tappet_error, message) + sizeof(tappet_error::message);

CallError internal(std::string message) {
    CallError out;
    out.error.error_class = ErrorClass::internal;
    out.error.code = "plugin.fault";
    out.error.message = std::move(message);
    return out;
}

/// The class as the plugin gave it; those that are the engine's to give, and unknown ones, are the plugin's
/// fault.
ErrorClass class_of(std::uint32_t given) {
    if (given > TAPPET_INTERNAL || given == TAPPET_PLUGIN_CRASHED || given == TAPPET_STOPPED)
        return ErrorClass::internal;
    return static_cast<ErrorClass>(given);
}

int32_t complete(const Face& face, uint64_t call, CallOutcome outcome) {
    if (face.core->complete(call, std::move(outcome))) return 1;
    log::warn("plugin {} completed a call that is completed already; ignored", face.plugin);
    return 0;
}

int32_t succeed(const tappet_host* host, uint64_t call, tappet_builder* result) {
    const Face& face = face_of(host);
    if (!result) return complete(face, call, internal("the plugin gave no result"));
    Builder& builder = from_handle(result);
    std::string problem;
    if (!builder.finished()) problem = builder.problem();
    std::optional<Value> value = builder.take();
    release_builder(result);
    if (!value) return complete(face, call, internal("the plugin built a malformed result: " + problem));
    return complete(face, call, std::move(*value));
}

int32_t fail(const tappet_host* host, uint64_t call, const tappet_error* error) {
    const Face& face = face_of(host);
    if (!error || error->size < kErrorSize)
        return complete(face, call, internal("the plugin failed without an error"));
    CallError out;
    out.error.error_class = class_of(error->error_class);
    out.error.code = from_text(error->code);
    out.error.message = from_text(error->message);
    out.error.status = error->http_status;
    if (error->retry_after_ms >= 0) out.retry_after = std::chrono::milliseconds(error->retry_after_ms);
    return complete(face, call, std::move(out));
}

int32_t cancelled(const tappet_host* host, uint64_t call) { return face_of(host).core->cancelled(call); }

const void* table_of(std::string_view name) {
    if (name == "log/1") return &log_table();
    if (name == "http/1") return &http_table();
    if (name == "clock/1") return &clock_table();
    if (name == "state/1") return &state_table();
    if (name == "metrics/1") return &metrics_table();
    if (name == "connection/1") return &connection_table();
    if (name == "blob/1") return &blob_table();
    return nullptr;
}

const void* service(const tappet_host*, tappet_text id) { return table_of(from_text(id)); }

}  // namespace

bool has_service(std::string_view id) { return table_of(id) != nullptr; }

Face make_face(Core& core, std::string plugin) {
    Face face;
    face.size = sizeof(tappet_host);
    face.minor = TAPPET_ABI_MINOR;
    face.values = &value_table();
    face.builders = &builder_table();
    face.succeed = succeed;
    face.fail = fail;
    face.cancelled = cancelled;
    face.service = service;
    face.core = &core;
    face.plugin = std::move(plugin);
    return face;
}

}  // namespace tappet::plugin
