#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "run/entry.hpp"
#include "run/sealer.hpp"

namespace tappet::run {

/// A row of the journal in the making.
class RowWriter {
public:
    /// Without a sealer, secret values are written as null.
    explicit RowWriter(const Sealer* sealer);
    void add(const RunId& run, const Entry& entry);
    bool empty() const { return row_.size() <= 1; }
    std::size_t size() const { return row_.size(); }  ///< bytes
    std::string take();                               ///< the row; the next entry begins another

private:
    const Sealer* sealer_;
    std::string row_;
    TimeMs last_;  ///< of the last entry: times are relative
};

/// One row of the journal: the entries between two durable boundaries of a run (docs/JOURNAL.md has the
/// bytes). Secret values are sealed and bound to the run.
std::string encode_row(const RunId& run, const std::vector<Entry>& entries, const Sealer* sealer);
/// Fails as corrupt when the row is damaged, sealed with another key, or of a later version.
Result<std::vector<Entry>> decode_row(const RunId& run, std::string_view row, const Sealer* sealer);

/// What lists show of a run besides its columns: outputs and error, sealed where secret.
struct RunDetail {
    Value outputs;
    std::optional<flow::RunError> error;
};
std::string encode_detail(const RunId& run, const RunDetail& detail, const Sealer* sealer);
Result<RunDetail> decode_detail(const RunId& run, std::string_view data, const Sealer* sealer);

}  // namespace tappet::run
