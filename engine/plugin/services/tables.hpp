#pragma once
#include <tappet/abi.h>

namespace tappet::plugin {

/// The services a plugin can look up, one file each.
const tappet_log_v1& log_table();
const tappet_clock_v1& clock_table();
const tappet_http_v1& http_table();
const tappet_state_v1& state_table();
const tappet_metrics_v1& metrics_table();
const tappet_connection_v1& connection_table();
const tappet_blob_v1& blob_table();

}  // namespace tappet::plugin
