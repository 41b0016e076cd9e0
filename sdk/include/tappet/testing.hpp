#pragma once
/// The mock host: tests of a plugin without an engine. Include your test framework first: with GoogleTest
/// what the plugin does wrong is a failure of the test.
///
///     tappet::sdk::mock::Host host;  // of the plugin that is linked into the test
///     host.http.expect("GET", "https://api.test/items").answer_json(200, {{"items", {1, 2}}});
///     const auto result = host.call("list-items", {{"limit", 10}});
///     EXPECT_TRUE(result.ok()) << result;
///     EXPECT_EQ(result["count"], 2);
///
/// It finds double completion, calls that are never completed, use of the engine after destroy, blocking
/// where nonBlocking is declared, results that do not fit the schema, and secrets in errors and log lines.
#include <tappet/testing/mock_host.hpp>
