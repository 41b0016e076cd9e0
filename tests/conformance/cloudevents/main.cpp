// Requests of CloudEvents' HTTP binding against the reader of events: `conformance_cloudevents DIR
// [--verbose]`. A valid one must give its attributes and data; another must be refused, or, without a
// version, be no CloudEvent at all.
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "expr/json.hpp"
#include "trigger/cloud_event.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

std::string text_of(const Value& item, std::string_view key) {
    const Value* value = item.find(key);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : "";
}

http::Request request_of(const Value& item) {
    http::Request request;
    request.method = text_of(item, "method");
    request.target = text_of(item, "path");
    request.body = text_of(item, "body");
    for (const MapEntry& header : item.find("headers")->entries()) {
        std::string name(header.key.as_string());
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        request.headers.add(std::move(name), std::string(header.value.as_string()));
    }
    return request;
}

std::string json_of(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

/// What is wrong with how a request was taken; empty when nothing is.
std::string problem(const Value& item) {
    const http::Request request = request_of(item);
    const trigger::CloudMode mode = trigger::cloud_mode(request.headers);
    const bool valid = item.find("valid")->as_boolean();
    if (mode == trigger::CloudMode::none) return valid ? "is taken for no CloudEvent" : "";
    const auto read = trigger::read_cloud_events(mode, request);
    if (const auto* refused = std::get_if<trigger::Problem>(&read))
        return valid ? "refused: " + refused->detail : "";
    if (!valid) return "accepted";
    const auto& events = std::get<0>(read);
    if (events.size() != 1) return "gives " + std::to_string(events.size()) + " events";
    const Value& attributes = *item.find("attributes");
    if (events[0].attributes.size() != attributes.size())
        return "has the attributes " + json_of(events[0].attributes);
    for (const MapEntry& wanted : attributes.entries()) {
        const Value* given = events[0].attributes.find(wanted.key.as_string());
        // What stood in a header is a text.
        const bool same = given && (*given == wanted.value ||
                                    (given->is(Kind::string) && given->as_string() == json_of(wanted.value)));
        if (!same)
            return std::string(wanted.key.as_string()) + " is " + (given ? json_of(*given) : "not there");
    }
    return events[0].data == *item.find("data") ? "" : "the data is " + json_of(events[0].data);
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path file = fs::path(argc > 1 ? argv[1] : "../shared/vectors/cloudevents") / "http.json";
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    if (!fs::exists(file)) {
        std::printf("skipped: no vectors at %s\n", file.c_str());
        return 77;
    }
    std::ifstream in(file, std::ios::binary);
    const auto all = read_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!all) {
        std::printf("%s is no JSON\n", file.c_str());
        return 1;
    }
    std::size_t failed = 0;
    for (const Value& item : all->items()) {
        const std::string why = problem(item);
        failed += why.empty() ? 0 : 1;
        if (verbose || !why.empty())
            std::printf("%s %s %s\n", why.empty() ? "ok  " : "FAIL", text_of(item, "id").c_str(),
                        why.c_str());
    }
    std::printf("cloudevents: %zu requests, %zu failed\n", all->size(), failed);
    return failed == 0 && all->size() > 0 ? 0 : 1;
}
