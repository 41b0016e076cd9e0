#include "run/journal.hpp"

#include <utility>

#include "expr/binary.hpp"

namespace tappet::run {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr unsigned kSynchronous = 1, kQueued = 2;  ///< flags of RunStarted

void write(BinaryWriter& out, const StepAddress& at) {
    out.number(at.frames.size());
    for (const auto& frame : at.frames) {
        out.number(frame.step);
        out.number(frame.item);
    }
    out.number(at.step);
}
StepAddress read_address(BinaryReader& in) {
    StepAddress at;
    const std::uint64_t count = in.number();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        StepAddress::Frame frame;
        frame.step = static_cast<std::uint32_t>(in.number());
        frame.item = static_cast<std::uint32_t>(in.number());
        at.frames.push_back(frame);
    }
    at.step = static_cast<std::uint32_t>(in.number());
    return at;
}

void write(BinaryWriter& out, const flow::RunError& error) {
    out.byte(static_cast<std::uint8_t>(error.error_class));
    out.text(error.code);
    out.text(error.message);
    out.signed_number(error.status);
    out.text(error.step);
}
/// A number of an enum whose last is `last`; what lies beyond is damage, not to be guessed over.
template <class Enum>
Enum read_enum(BinaryReader& in, Enum last) {
    const std::uint8_t raw = in.byte();
    if (raw > static_cast<std::uint8_t>(last)) in.fail();
    return in.ok() ? static_cast<Enum>(raw) : last;
}

flow::RunError read_error(BinaryReader& in) {
    flow::RunError error;
    error.error_class = read_enum(in, flow::ErrorClass::internal);
    error.code = in.text();
    error.message = in.text();
    error.status = static_cast<int>(in.signed_number());
    error.step = in.text();
    return error;
}
void write(BinaryWriter& out, const std::optional<flow::RunError>& error) {
    out.byte(error ? 1 : 0);
    if (error) write(out, *error);
}
std::optional<flow::RunError> read_optional_error(BinaryReader& in) {
    if (in.byte() == 0) return std::nullopt;
    return read_error(in);
}

/// Writes an entry's fields; times are relative to the entry's own.
struct BodyWriter {
    BinaryWriter& out;
    TimeMs time;
    void ago(TimeMs t) const { out.signed_number((time - t).count()); }
    void operator()(const RunStarted& e) const {
        out.text(e.tenant);
        out.text(e.flow);
        out.number(e.version);
        out.text(e.trigger);
        out.value(e.event);
        out.value(e.config);
        out.number(e.labels.size());
        for (const auto& [name, value] : e.labels) {
            out.text(name);
            out.text(value);
        }
        out.number(e.attempt);
        out.byte(static_cast<std::uint8_t>((e.synchronous ? kSynchronous : 0) | (e.queued ? kQueued : 0)));
    }
    void operator()(const StepStarted& e) const {
        write(out, e.at);
        out.number(e.attempt);
    }
    void operator()(const StepSucceeded& e) const {
        write(out, e.at);
        out.number(e.attempt);
        ago(e.started);
        out.value(e.results);
    }
    void operator()(const StepFailed& e) const {
        write(out, e.at);
        out.number(e.attempt);
        ago(e.started);
        write(out, e.error);
        out.byte(e.retry_at.ms != 0 ? 1 : 0);
        if (e.retry_at.ms != 0) out.signed_number((e.retry_at - time).count());
    }
    void operator()(const StepSkipped& e) const { write(out, e.at); }
    void operator()(const StepCancelled& e) const { write(out, e.at); }
    void operator()(const ItemFinished& e) const {
        write(out, e.at);
        out.number(e.item);
        out.byte(static_cast<std::uint8_t>(e.status));
        write(out, e.error);
    }
    void operator()(const Responded& e) const {
        out.number(static_cast<std::uint64_t>(e.status));
        out.value(e.headers);
        out.value(e.body);
        out.text(e.content_type);
    }
    void operator()(const RunFailing& e) const { write(out, e.error); }
    void operator()(const RunFinished& e) const {
        out.byte(static_cast<std::uint8_t>(e.status));
        out.value(e.outputs);
        write(out, e.error);
    }
    void operator()(const Logged& e) const {
        out.byte(static_cast<std::uint8_t>(e.level));
        out.text(e.step);
        out.text(e.message);
    }
    void operator()(const RunCrashed& e) const {
        out.text(e.step);
        out.text(e.plugin);
        out.text(e.what);
        ago(e.at);
    }
    void operator()(const RunReleased&) const {}
};

RunStarted read_run_started(BinaryReader& in, const RunId& run) {
    RunStarted e;
    e.id = run;
    e.tenant = in.text();
    e.flow = in.text();
    e.version = static_cast<std::uint32_t>(in.number());
    e.trigger = in.text();
    e.event = in.value();
    e.config = in.value();
    const std::uint64_t labels = in.number();
    for (std::uint64_t i = 0; i < labels && in.ok(); ++i) {
        std::string name(in.text());
        e.labels.emplace_back(std::move(name), std::string(in.text()));
    }
    e.attempt = static_cast<std::uint32_t>(in.number());
    const std::uint8_t flags = in.byte();
    if ((flags & ~(kSynchronous | kQueued)) != 0) in.fail();
    e.synchronous = (flags & kSynchronous) != 0;
    e.queued = (flags & kQueued) != 0;
    return e;
}

StepSucceeded read_step_succeeded(BinaryReader& in, TimeMs time) {
    StepSucceeded e;
    e.at = read_address(in);
    e.attempt = static_cast<std::uint32_t>(in.number());
    e.started = {time.ms - in.signed_number()};
    e.results = in.value();
    return e;
}

StepFailed read_step_failed(BinaryReader& in, TimeMs time) {
    StepFailed e;
    e.at = read_address(in);
    e.attempt = static_cast<std::uint32_t>(in.number());
    e.started = {time.ms - in.signed_number()};
    e.error = read_error(in);
    if (in.byte() != 0) e.retry_at = {time.ms + in.signed_number()};
    return e;
}

/// The tags are the numbers of EntryBody's alternatives: append only.
EntryBody read_body(BinaryReader& in, std::uint8_t tag, const RunId& run, TimeMs time, bool& known) {
    switch (tag) {
        case 0:
            return read_run_started(in, run);
        case 1: {
            StepStarted e;
            e.at = read_address(in);
            e.attempt = static_cast<std::uint32_t>(in.number());
            return e;
        }
        case 2:
            return read_step_succeeded(in, time);
        case 3:
            return read_step_failed(in, time);
        case 4:
            return StepSkipped{read_address(in)};
        case 5:
            return StepCancelled{read_address(in)};
        case 6: {
            ItemFinished e;
            e.at = read_address(in);
            e.item = static_cast<std::uint32_t>(in.number());
            e.status = read_enum(in, StepStatus::outcome_unknown);
            e.error = read_optional_error(in);
            return e;
        }
        case 7: {
            Responded e;
            e.status = static_cast<int>(in.number());
            e.headers = in.value();
            e.body = in.value();
            e.content_type = in.text();
            return e;
        }
        case 8:
            return RunFailing{read_error(in)};
        case 9: {
            RunFinished e;
            e.status = read_enum(in, RunStatus::quarantined);
            e.outputs = in.value();
            e.error = read_optional_error(in);
            return e;
        }
        case 10: {
            Logged e;
            e.level = in.byte();
            e.step = in.text();
            e.message = in.text();
            return e;
        }
        case 11: {
            RunCrashed e;
            e.step = in.text();
            e.plugin = in.text();
            e.what = in.text();
            e.at = {time.ms - in.signed_number()};
            return e;
        }
        case 12:
            return RunReleased{};
        default:
            known = false;
            return RunFailing{};
    }
}

}  // namespace

RowWriter::RowWriter(const Sealer* sealer) : sealer_(sealer), row_(1, static_cast<char>(kVersion)) {}

std::string RowWriter::take() {
    last_ = {};
    return std::exchange(row_, std::string(1, static_cast<char>(kVersion)));
}

void RowWriter::add(const RunId& run, const Entry& entry) {
    BinaryWriter out(sealer_, run.view(), std::move(row_));
    out.byte(static_cast<std::uint8_t>(entry.body.index()));
    out.signed_number((entry.time - last_).count());
    last_ = entry.time;
    std::visit(BodyWriter{out, entry.time}, entry.body);
    row_ = out.take();
}

std::string encode_row(const RunId& run, const std::vector<Entry>& entries, const Sealer* sealer) {
    RowWriter row(sealer);
    for (const Entry& entry : entries) row.add(run, entry);
    return row.take();
}

Result<std::vector<Entry>> decode_row(const RunId& run, std::string_view row, const Sealer* sealer) {
    BinaryReader in(row, sealer, run.view());
    const std::uint8_t version = in.byte();
    if (version > kVersion)
        return Error::conflict("run " + run.text() + ": journal row of version " + std::to_string(version) +
                               ", this binary reads up to " + std::to_string(kVersion));
    std::vector<Entry> entries;
    TimeMs last;
    bool known = version == kVersion;
    while (known && in.ok() && !in.at_end()) {
        const std::uint8_t tag = in.byte();
        last = {last.ms + in.signed_number()};
        EntryBody body = read_body(in, tag, run, last, known);
        entries.push_back({last, std::move(body)});
    }
    if (!known || !in.ok()) return Error::corrupt("run " + run.text() + ": a journal row does not read back");
    return entries;
}

std::string encode_detail(const RunId& run, const RunDetail& detail, const Sealer* sealer) {
    if (detail.outputs.is_null() && !detail.error) return {};
    BinaryWriter out(sealer, run.view());
    out.byte(kVersion);
    out.value(detail.outputs);
    write(out, detail.error);
    return out.take();
}

Result<RunDetail> decode_detail(const RunId& run, std::string_view data, const Sealer* sealer) {
    RunDetail detail;
    if (data.empty()) return detail;
    BinaryReader in(data, sealer, run.view());
    in.byte();
    detail.outputs = in.value();
    detail.error = read_optional_error(in);
    if (!in.ok())
        return Error::corrupt("run " + run.text() + ": its row in the list of runs does not read back");
    return detail;
}

}  // namespace tappet::run
