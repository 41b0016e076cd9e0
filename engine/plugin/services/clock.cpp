#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/services/tables.hpp"

namespace tappet::plugin {
namespace {

int64_t now_ms(const tappet_host* host) { return face_of(host).core->now().ms; }
int64_t steady_ns(const tappet_host* host) { return face_of(host).core->steady().count(); }

constexpr tappet_clock_v1 kTable{sizeof(tappet_clock_v1), now_ms, steady_ns};

}  // namespace

const tappet_clock_v1& clock_table() { return kTable; }

}  // namespace tappet::plugin
