#include "plugin/services/metrics.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tappet::plugin {
namespace {

using Kind = MetricUpdate::Kind;
using Labels = std::vector<std::pair<std::string, std::string>>;

struct MetricsTest : ::testing::Test {
    bool record(Kind kind, const std::string& name, double value, Labels labels = {},
                const std::string& plugin = "mail") {
        return metrics.record(plugin, {kind, name, std::move(labels), value});
    }
    PluginMetrics metrics{4};
};

TEST_F(MetricsTest, NothingCountedIsNoText) { EXPECT_EQ(metrics.text(), ""); }

TEST_F(MetricsTest, ACounterAddsUp) {
    EXPECT_TRUE(record(Kind::counter, "sent_total", 1));
    EXPECT_TRUE(record(Kind::counter, "sent_total", 2.5));
    EXPECT_EQ(metrics.text(),
              "# HELP tappet_plugin_sent_total Given by plugins.\n"
              "# TYPE tappet_plugin_sent_total counter\n"
              "tappet_plugin_sent_total{plugin=\"mail\"} 3.5\n");
}

TEST_F(MetricsTest, AGaugeIsAsItWasSetLast) {
    EXPECT_TRUE(record(Kind::gauge, "left", 7, {{"list", "a"}}));
    EXPECT_TRUE(record(Kind::gauge, "left", -2, {{"list", "a"}}));
    EXPECT_NE(metrics.text().find("tappet_plugin_left{plugin=\"mail\",list=\"a\"} -2\n"), std::string::npos);
}

TEST_F(MetricsTest, AHistogramCountsWhatIsBelowEachBound) {
    for (const double seconds : {0.005, 0.2, 1000.0}) EXPECT_TRUE(record(Kind::histogram, "took", seconds));
    const std::string text = metrics.text();
    for (const char* line :
         {"took_bucket{plugin=\"mail\",le=\"0.005\"} 1\n", "took_bucket{plugin=\"mail\",le=\"0.1\"} 1\n",
          "took_bucket{plugin=\"mail\",le=\"0.25\"} 2\n", "took_bucket{plugin=\"mail\",le=\"300\"} 2\n",
          "took_bucket{plugin=\"mail\",le=\"+Inf\"} 3\n", "took_sum{plugin=\"mail\"} 1000.205\n",
          "took_count{plugin=\"mail\"} 3\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST_F(MetricsTest, LabelsAreOneSeriesInWhateverOrderTheyCome) {
    EXPECT_TRUE(record(Kind::counter, "n", 1, {{"a", "1"}, {"b", "2"}}));
    EXPECT_TRUE(record(Kind::counter, "n", 1, {{"b", "2"}, {"a", "1"}}));
    EXPECT_NE(metrics.text().find("{plugin=\"mail\",a=\"1\",b=\"2\"} 2\n"), std::string::npos);
}

TEST_F(MetricsTest, WhatLabelsHoldIsEscaped) {
    EXPECT_TRUE(record(Kind::counter, "n", 1, {{"a", "x\"} 9\n\\"}}));
    EXPECT_NE(metrics.text().find("{plugin=\"mail\",a=\"x\\\"} 9\\n\\\\\"} 1\n"), std::string::npos)
        << metrics.text();
}

TEST_F(MetricsTest, WhatIsMalformedIsLeftOut) {
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    for (const std::string& name : {std::string(), std::string("9a"), std::string("Sent"), std::string("a-b"),
                                    std::string("a\nb"), std::string(65, 'a')})
        EXPECT_FALSE(record(Kind::counter, name, 1)) << name;
    EXPECT_FALSE(record(Kind::counter, "n", -1));
    EXPECT_FALSE(record(Kind::counter, "n", nan));
    EXPECT_FALSE(record(Kind::counter, "n", inf));
    EXPECT_FALSE(record(Kind::histogram, "n", -1));
    EXPECT_FALSE(record(Kind::gauge, "n", nan));
    for (const std::string& label : {std::string("plugin"), std::string("le"), std::string("__name__"),
                                     std::string("a b"), std::string(), std::string(65, 'a')})
        EXPECT_FALSE(record(Kind::counter, "n", 1, {{label, "x"}})) << label;
    EXPECT_FALSE(record(Kind::counter, "n", 1, {{"a", std::string(129, 'x')}}));
    EXPECT_FALSE(record(Kind::counter, "n", 1, {{"a", "1"}, {"a", "2"}}));
    EXPECT_FALSE(record(Kind::counter, "n", 1, Labels(9, {"a", "1"})));
    EXPECT_EQ(metrics.text(), "");
}

TEST_F(MetricsTest, ANameHasOneKindForAllPlugins) {
    EXPECT_TRUE(record(Kind::counter, "n", 1));
    EXPECT_FALSE(record(Kind::gauge, "n", 1));
    EXPECT_FALSE(record(Kind::gauge, "n", 1, {}, "other"));
    EXPECT_TRUE(record(Kind::counter, "n", 1, {}, "other"));
}

TEST_F(MetricsTest, TheNamesOfAHistogramsPartsAreItsOwn) {
    EXPECT_TRUE(record(Kind::histogram, "took", 1));
    EXPECT_FALSE(record(Kind::counter, "took_count", 1));
    EXPECT_TRUE(record(Kind::counter, "sent_sum", 1));
    EXPECT_FALSE(record(Kind::histogram, "sent", 1));
}

TEST_F(MetricsTest, APluginHasAtMostSoManySeries) {
    for (const char* value : {"1", "2", "3", "4"}) EXPECT_TRUE(record(Kind::counter, "n", 1, {{"v", value}}));
    EXPECT_FALSE(record(Kind::counter, "n", 1, {{"v", "5"}}));
    EXPECT_FALSE(record(Kind::gauge, "another", 1));
    EXPECT_TRUE(record(Kind::counter, "n", 1, {{"v", "4"}})) << "a series that is there goes on";
    EXPECT_TRUE(record(Kind::counter, "n", 1, {{"v", "5"}}, "other")) << "each plugin has a limit of its own";
}

}  // namespace
}  // namespace tappet::plugin
