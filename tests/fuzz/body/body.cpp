// A request's body in any of the forms that hooks take: the first line is its Content-Type. What is read must
// be a value that prints as JSON, and what is refused must say why.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "trigger/body.hpp"
#include "trigger/incoming.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tappet;
    constexpr std::size_t kMostEvents = 100;
    constexpr std::uint64_t kMostBytes = 1u << 16;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    http::Request request;
    request.headers.add("content-type", std::string(text.substr(0, line)));
    request.body = text.substr(std::min(line + 1, text.size()));
    if (size % 2 == 1) request.headers.add("content-encoding", size % 4 == 1 ? "gzip" : "deflate");
    const auto check = [](const trigger::Problem& problem) {
        if (problem.detail.empty() || problem.code.empty() || problem.status < 400 || problem.status > 499)
            std::abort();
    };
    if (const auto problem = trigger::undo_encoding(request, kMostBytes)) return check(*problem), 0;
    const auto read = trigger::read_incoming(request, true, kMostEvents);
    if (const auto* problem = std::get_if<trigger::Problem>(&read)) return check(*problem), 0;
    for (const trigger::Incoming& event : std::get<0>(read)) {
        for (const Value* value : {&event.body, &event.cloud_event}) {
            std::string out;
            append_json(out, *value);
            if (!parse_json(out).ok) std::abort();
        }
    }
    return 0;
}
