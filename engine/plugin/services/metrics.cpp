#include "plugin/services/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

using Kind = MetricUpdate::Kind;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_metric_name(std::string_view name) {
    if (name.empty() || name.size() > PluginMetrics::kMaxName || !is_lower(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

/// `plugin` and `le` are the engine's, and names that begin with two underscores are Prometheus' own.
bool is_label_name(std::string_view name) {
    if (name.empty() || name.size() > PluginMetrics::kMaxLabelName || !is_letter(name.front())) return false;
    if (name == "plugin" || name == "le" || name.starts_with("__")) return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_well_formed(const MetricUpdate& update) {
    if (!is_metric_name(update.name) || update.labels.size() > PluginMetrics::kMaxLabels) return false;
    if (std::isnan(update.value)) return false;
    if (update.kind != Kind::gauge && (update.value < 0 || std::isinf(update.value))) return false;
    for (const auto& [name, value] : update.labels)
        if (!is_label_name(name) || value.size() > PluginMetrics::kMaxLabelValue) return false;
    for (std::size_t i = 0; i < update.labels.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (update.labels[i].first == update.labels[j].first) return false;
    return true;
}

void add_label(std::string& out, std::string_view name, std::string_view value) {
    out += fmt::format("{}{}=\"", out.empty() ? "" : ",", name);
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

/// The same labels give the same text, in whatever order they come.
std::string labels_text(const std::string& plugin, MetricUpdate update) {
    std::sort(update.labels.begin(), update.labels.end());
    std::string out;
    add_label(out, "plugin", plugin);
    for (const auto& [name, value] : update.labels) add_label(out, name, value);
    return out;
}

std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

constexpr std::array<std::string_view, 3> kPartsOfHistogram{"_bucket", "_sum", "_count"};
constexpr std::array<std::string_view, 3> kKindNames{"counter", "gauge", "histogram"};

}  // namespace

/// A histogram's samples have names of their own; no other family may have them.
bool PluginMetrics::name_is_free(const std::string& name, Kind kind) const {
    for (const std::string_view part : kPartsOfHistogram) {
        if (kind == Kind::histogram && families_.contains(name + std::string(part))) return false;
        if (!name.ends_with(part)) continue;
        const auto whole = families_.find(std::string_view(name).substr(0, name.size() - part.size()));
        if (whole != families_.end() && whole->second.kind == Kind::histogram) return false;
    }
    return true;
}

bool PluginMetrics::record(const std::string& plugin, const MetricUpdate& update) {
    if (!is_well_formed(update)) return false;
    const std::string labels = labels_text(plugin, update);
    const std::lock_guard lock(mutex_);
    auto family = families_.find(update.name);
    if (family != families_.end() && family->second.kind != update.kind) return false;
    if (family == families_.end() && !name_is_free(update.name, update.kind)) return false;
    if (family == families_.end() || !family->second.series.contains(labels)) {
        std::size_t& taken = series_of_[plugin];
        if (taken >= max_series_) return false;
        ++taken;
        if (family == families_.end()) family = families_.emplace(update.name, Family{update.kind, {}}).first;
    }
    Series& series = family->second.series[labels];
    if (update.kind == Kind::gauge) {
        series.value = update.value;
        return true;
    }
    series.value += update.value;
    if (update.kind == Kind::counter) return true;
    ++series.count;
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), update.value);
    if (bound != kBounds.end()) ++series.buckets[static_cast<std::size_t>(bound - kBounds.begin())];
    return true;
}

void PluginMetrics::print(std::string& out, const std::string& name, const Family& family) {
    const std::string full = "tappet_plugin_" + name;
    out += fmt::format("# HELP {} Given by plugins.\n# TYPE {} {}\n", full, full,
                       kKindNames[static_cast<std::size_t>(family.kind)]);
    for (const auto& [labels, series] : family.series) {
        if (family.kind != Kind::histogram) {
            out += fmt::format("{}{{{}}} {}\n", full, labels, number(series.value));
            continue;
        }
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < kBounds.size(); ++i) {
            below += series.buckets[i];
            out += fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", full, labels, number(kBounds[i]), below);
        }
        out += fmt::format("{}_bucket{{{},le=\"+Inf\"}} {}\n", full, labels, series.count);
        out += fmt::format("{}_sum{{{}}} {}\n", full, labels, number(series.value));
        out += fmt::format("{}_count{{{}}} {}\n", full, labels, series.count);
    }
}

std::string PluginMetrics::text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) print(out, name, family);
    return out;
}

namespace {

/// Labels as a plugin gives them; nothing when they are no map of texts, or hold a secret.
bool read_labels(const tappet_value* handle, MetricUpdate& out) {
    if (!handle) return true;
    const Value& labels = from_handle(handle);
    if (labels.is_null()) return true;
    if (!labels.is(tappet::Kind::map) || labels.holds_secret()) return false;
    if (labels.size() > PluginMetrics::kMaxLabels) return false;
    for (const MapEntry& entry : labels.entries()) {
        if (!entry.key.is(tappet::Kind::string) || !entry.value.is(tappet::Kind::string)) return false;
        out.labels.emplace_back(entry.key.as_string(), entry.value.as_string());
    }
    return true;
}

int32_t record(const tappet_host* host, Kind kind, tappet_text name, const tappet_value* labels,
               double value) {
    const Face& face = face_of(host);
    MetricUpdate update;
    update.kind = kind;
    update.name = from_text(name);
    update.value = value;
    if (!read_labels(labels, update)) return 0;
    return face.core->record(face.plugin, update);
}

int32_t add(const tappet_host* host, tappet_text name, const tappet_value* labels, double amount) {
    return record(host, Kind::counter, name, labels, amount);
}
int32_t set(const tappet_host* host, tappet_text name, const tappet_value* labels, double value) {
    return record(host, Kind::gauge, name, labels, value);
}
int32_t observe(const tappet_host* host, tappet_text name, const tappet_value* labels, double seconds) {
    return record(host, Kind::histogram, name, labels, seconds);
}

constexpr tappet_metrics_v1 kTable{sizeof(tappet_metrics_v1), add, set, observe};

}  // namespace

const tappet_metrics_v1& metrics_table() { return kTable; }

}  // namespace tappet::plugin
