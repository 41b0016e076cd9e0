#include <algorithm>

#include "base/encoding.hpp"
#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/secrets.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/text_limits.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

void write(const tappet_host* host, uint64_t call, uint32_t level, tappet_text message) {
    const Face& face = face_of(host);
    LogLine line;
    line.level = static_cast<int>(std::min<uint32_t>(level, TAPPET_ERROR));
    line.plugin = face.plugin;
    line.message = from_text(message);
    line.time = face.core->now();
    if (const Pin open(face.core->calls, call); open) {
        // The last one that goes through tells the run that there were more than it keeps.
        if (open->lines.fetch_add(1, std::memory_order_relaxed) > kMaxLines) return;
        line.run = open->context.run;
        line.flow = open->context.flow;
        line.step = open->context.step;
        line.call = open->context.parents_number;
        if (const Value known = face.core->told(*open); known.holds_secret())
            line.message = KnownSecrets(known).redact(line.message);
    } else if (call != 0) {
        return;  // its call is over, and with it what is known of its secrets
    }
    make_utf8(line.message);
    shorten(line.message, kMaxLine);
    face.core->write_log(std::move(line));
}

constexpr tappet_log_v1 kTable{sizeof(tappet_log_v1), write};

}  // namespace

const tappet_log_v1& log_table() { return kTable; }

}  // namespace tappet::plugin
