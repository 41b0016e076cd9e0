// Whatever reads as a message between engine and plugin must be written as one that reads the same again. The
// first byte chooses the message.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugin/child/messages.hpp"

namespace {

using namespace tappet::plugin::child;

template <class Read, class Write>
void check(std::string_view bytes, Read read, Write write) {
    const auto message = read(bytes);
    if (!message) return;
    const std::string written = write(*message);
    const auto again = read(written);
    if (!again || write(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto any = [](const auto& message) { return write(message); };
    const auto answer = [](std::string_view text) { return read_answer(text); };
    const auto asked = [](std::string_view text) { return read_ask(text); };
    switch (data[0] % 8) {
        case 0:
            check(bytes, read_call, any);
            break;
        case 1:
            check(bytes, answer, any);
            break;
        case 2:
            check(bytes, read_number, write_number);
            break;
        case 3:
            check(bytes, read_log, any);
            break;
        case 4:
            check(bytes, read_metric, any);
            break;
        case 5:
            check(bytes, asked, any);
            break;
        case 6:
            if (const auto ask = read_ask(bytes))
                if (const auto request = request_of(ask->what)) (void)value_of(*request);
            break;
        default:
            if (const auto ask = read_ask(bytes)) {
                (void)http_outcome_of(ask->what);
                (void)call_outcome_of(ask->what);
            }
    }
    return 0;
}
