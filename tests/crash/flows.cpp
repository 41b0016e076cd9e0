#include "flows.hpp"

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace tappet::crash {
namespace {

constexpr std::string_view kHead = R"(
labels: { event: "${{ trigger.body.id }}" }
policies:
  retry:
    steady: { maxAttempts: 1000, initial: 10ms, factor: 1, cap: 50ms, maxElapsed: 3d, jitter: none, on: [unavailable], retryAfter: honour }
triggers:
  - { id: received, uses: core/webhook, verify: { preset: none }, dedupe: { key: trigger.body.id }@MODE@ }
timeout: 3d
steps:
  - id: shape
    uses: core/map
    with: { value: { base: "${{ trigger.body.service }}/${{ trigger.body.id }}/${{ run.id }}", parts: [a, b] } }
)";

std::string effect(std::string_view id, std::string_view place, std::string_view indent = "  ") {
    return std::string(indent) + "- { id: " + std::string(id) +
           R"(, uses: core/http, retry: steady, with: { method: POST, url: "${{ stepResults.shape.results.base }}/)" +
           std::string(place) + R"(", body: { run: "${{ run.id }}" } } })" + "\n";
}

void write(const std::string& folder, const std::string& name, const std::string& steps,
           const std::string& mode = "") {
    constexpr std::string_view kMode = "@MODE@";
    std::string head(kHead);
    head.replace(head.find(kMode), kMode.size(), mode);
    std::ofstream file(folder + "/" + name + ".yaml");
    file << "flow: " << name << head << steps;
    if (!file.flush()) throw std::runtime_error("cannot write into " + folder);
}

}  // namespace

void write_flows(const std::string& folder) {
    const std::string loop =
        "  - id: each\n    forEach: stepResults.shape.results.parts\n    as: part\n    maxParallel: 2\n    "
        "do:\n";
    write(folder, kBusy,
          effect("first", "first") + loop + effect("one", "item-${{ part }}", "      ") +
              effect("last", "last"));
    write(folder, kPatient, effect("wait", "wait"));
    write(folder, kRepeated,
          "  - { id: more, uses: core/map, with: { value: \"${{ stepResults.shape.results.base }}\" } }\n");
    write(folder, kOpen, effect("open", "open"));
    write(
        folder, kAsking,
        "  - { id: more, uses: core/map, with: { value: \"${{ stepResults.shape.results.base }}/more\" } }\n"
        "outputs: { runId: \"${{ run.id }}\", base: \"${{ stepResults.more.results }}\" }\n",
        ", respond: { mode: sync }");
}

std::vector<std::string> places_of(const std::string& flow) {
    if (flow == kBusy) return {"first", "item-a", "item-b", "last"};
    if (flow == kAsking || flow == kRepeated) return {};
    return {flow == kPatient ? "wait" : "open"};
}

std::string place_of_step(const std::string& path) {
    if (path == "each[0].one") return "item-a";
    if (path == "each[1].one") return "item-b";
    return path == "shape" || path == "each" || path == "more" ? "" : path;
}

}  // namespace tappet::crash
