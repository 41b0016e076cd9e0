#pragma once
#include <tappet/service.hpp>

#include <initializer_list>

namespace tappet::sdk {

/// Figures of the plugin, shown at /metrics as tappet_plugin_<name>. Names match [a-z][a-z0-9_]{0,63}. Each
/// answers whether it was counted: not beyond the engine's limits, nor in an engine without metrics/1.
class Metrics {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    explicit Metrics(Instance& instance) : instance_(&instance) {}
    bool count(std::string_view name, double amount = 1, Labels labels = {}) const {
        return tell(&tappet_metrics_v1::add, name, amount, labels);
    }
    bool gauge(std::string_view name, double value, Labels labels = {}) const {
        return tell(&tappet_metrics_v1::set, name, value, labels);
    }
    bool observe(std::string_view name, double seconds, Labels labels = {}) const {
        return tell(&tappet_metrics_v1::observe, name, seconds, labels);
    }

private:
    using Function = std::int32_t (*)(const tappet_host*, tappet_text, const tappet_value*, double);
    bool tell(Function tappet_metrics_v1::*member, std::string_view name, double value, Labels labels) const {
        if (!instance_->metrics) return false;
        const Function function = service_function(instance_->metrics, member, "metrics/1", name);
        const tappet_host* const host = instance_->host;
        if (labels.size() == 0) return function(host, to_text(name), nullptr, value) != 0;
        const tappet_builders* const table = host->builders;
        const std::unique_ptr<tappet_builder, decltype(table->release)> builder(table->create(host),
                                                                                table->release);
        table->begin_map(builder.get());
        for (const auto& [key, text] : labels) {
            table->put_key(builder.get(), to_text(key));
            table->put_string(builder.get(), to_text(text));
        }
        table->end(builder.get());
        const tappet_value* const map = table->finish(builder.get());
        return map && function(host, to_text(name), map, value) != 0;
    }
    Instance* instance_;
};

}  // namespace tappet::sdk
