#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/doors.hpp"

namespace tappet::plugin {

/// What plugins count, as Prometheus families tappet_plugin_<name> with the label `plugin`. A family has one
/// kind for all plugins. Any thread.
class PluginMetrics {
public:
    static constexpr std::size_t kMaxName = 64, kMaxLabels = 8, kMaxLabelName = 64, kMaxLabelValue = 128;

    explicit PluginMetrics(std::size_t max_series) : max_series_(max_series) {}
    /// False when the update is left out: a malformed name, label or number, a name of another kind, or a new
    /// series beyond the plugin's limit.
    bool record(const std::string& plugin, const MetricUpdate& update);
    /// The exposition format 0.0.4; empty when nothing was counted.
    std::string text() const;

private:
    static constexpr std::array<double, 14> kBounds{.005, .01, .025, .05, .1, .25, .5,
                                                    1,    2.5, 5,    10,  30, 60,  300};
    struct Series {
        double value = 0;  ///< of a histogram the sum
        std::uint64_t count = 0;
        std::array<std::uint64_t, kBounds.size()> buckets{};  ///< each alone, not added up
    };
    struct Family {
        MetricUpdate::Kind kind = MetricUpdate::Kind::counter;
        std::map<std::string, Series> series;  ///< by its labels, as they are printed
    };
    bool name_is_free(const std::string& name, MetricUpdate::Kind kind) const;
    static void print(std::string& out, const std::string& name, const Family& family);

    const std::size_t max_series_;
    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
    std::map<std::string, std::size_t, std::less<>> series_of_;  ///< by plugin
};

}  // namespace tappet::plugin
