// The plugin in the mock host: real values, scripted services, no engine.
#include <tappet/testing.hpp>

#include <cstdio>

using namespace tappet::sdk;

namespace {

int failures = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "FAILED: %s\n", what);
    ++failures;
}

void greets() {
    mock::Host host;
    const mock::Outcome result = host.call("greet", {{"name", "Ada"}});
    check(result.ok() && result["text"] == "Hello, Ada!", "greets whoever is named");
    check(host.call("greet").error_class() == ErrorClass::validation, "needs a name");
}

void receives() {
    mock::Host host;
    mock::HookInput request;
    request.settings.set("key", mock::Value::secret("s3cret"));
    request.header("x-key", "s3cret");
    request.body = R"({"id": "1", "text": "news"})";
    const mock::Outcome event = host.hook("received", request);
    check(event.ok() && event["events"][0]["id"] == "1", "yields an event with its id");
    request.header("x-key", "wrong");
    check(host.hook("received", request).error_class() == ErrorClass::auth, "refuses a wrong key");
}

}  // namespace

int main() {
    greets();
    receives();
    if (failures == 0) std::puts("all tests passed");
    return failures == 0 ? 0 : 1;
}
