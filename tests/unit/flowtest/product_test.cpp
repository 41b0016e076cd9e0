#include "rig.hpp"

namespace tappet::flowtest {
namespace {

using testing::IsEmpty;

/// The flow of PRODUCT.md section 1 as far as this version runs it, with actions of tests in the place of the
/// platform's.
constexpr const char* kFlow = R"yaml(
labels: { company: "${{ trigger.body.companyId }}", team: onboarding }
config:
  App Base URL: { type: string }
  SaaS V2: { type: boolean, default: true }
policies:
  retry:
    upstream: { maxAttempts: 6, initial: 1s, factor: 2, cap: 60s, maxElapsed: 15m, jitter: full,
                on: [rateLimited, unavailable, timeout], retryAfter: honour, whenExhausted: fail }
triggers:
  - id: locationInstalled
    uses: core/webhook
    verify: { preset: none }
    filter: has(trigger.body.companyId)
    dedupe: { key: trigger.body.webhookId, window: 7d }
    input: { schema: { type: object, required: [type] } }
    respond: { status: 202 }
timeout: 30m
steps:
  - name: Get Installed Locations
    uses: test/effect
    with: { companyId: "${{ trigger.body.companyId }}", isInstalled: true, paginate: true }
    retry: upstream
  - id: enableAll
    forEach: stepResults.getInstalledLocations.results.locations
    as: location
    maxParallel: 4
    onItemError: collect
    do:
      - { id: token, uses: test/effect, with: { locationId: "${{ location._id }}" } }
      - id: enable
        uses: test/effect
        with: { locationId: "${{ location._id }}", isSaaSV2: "${{ configVars['SaaS V2'] }}" }
        retry: upstream
  - id: tellTrial
    if: has(trigger.body.trial) && trigger.body.trial.onTrial
    uses: core/http
    with: { method: POST, url: "${{ configVars['App Base URL'] }}/trial", body: { company: "${{ trigger.body.companyId }}" } }
outputs: { locations: "${{ size(stepResults.enableAll.results) }}" }
)yaml";

/// The test of PRODUCT.md section 8, with its fixture in place.
constexpr const char* kCases = R"yaml(
cases:
  - name: retries a 429, then tells about the trial once
    vars: { App Base URL: "http://app.test" }
    trigger: { locationInstalled: { body: &install { type: INSTALL, companyId: C1, webhookId: W1, trial: { onTrial: true } } } }
    mocks:
      getInstalledLocations: { results: { locations: [ { _id: L1 } ] } }
      token: { results: { access_token: t } }
      enable: [ { error: { class: rateLimited, retryAfter: 20s } }, { results: {} } ]
    expect:
      response: { status: 202 }
      run: succeeded
      steps: { enable: { status: succeeded, attempts: 2, waited: ">=20s" }, tellTrial: { status: succeeded } }
      calls: { core/http: [ { method: POST, url: "http://app.test/trial" } ] }
      outputs: { locations: 1 }
  - name: the same event twice is one run
    trigger: [ { locationInstalled: { body: *install } }, { locationInstalled: { body: *install } } ]
    expect: { runs: 1 }
)yaml";

TEST(ProductCase, HoldsAsItIsWritten) {
    Rig rig;
    const auto results = rig.play(kFlow, kCases);
    ASSERT_EQ(results.size(), 2u);
    for (const CaseResult& one : results)
        EXPECT_THAT(one.failures, IsEmpty())
            << one.name << ": " << (one.passed() ? "" : one.failures[0].path + " " + one.failures[0].got);
    EXPECT_GE(results[0].took, std::chrono::seconds(20));
    EXPECT_LT(results[0].real_time, std::chrono::seconds(10));
}

}  // namespace
}  // namespace tappet::flowtest
