#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string_view>

#include "flow/catalog.hpp"
#include "flowtest/log_tap.hpp"
#include "flowtest/virtual_clock.hpp"
#include "plugin/host.hpp"

namespace tappet::flowtest {

/// What cases are played on, one after the other. Everything outlives them.
struct Stage {
    boost::asio::io_context& loop;  ///< of the caller; run by who plays
    VirtualClock& clock;            ///< which the caller tells its actions
    plugin::Caller& caller;         ///< makes the calls of pure actions
    const flow::Catalog& catalog;
    LogTap& logs;
    /// What an action yields by the sample of its manifest; nothing where it has none.
    std::function<std::optional<Value>(std::string_view action)> sample;
};

}  // namespace tappet::flowtest
