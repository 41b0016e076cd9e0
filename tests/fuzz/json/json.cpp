// Whatever parses must print, and what is printed must parse to the same value and print the same again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "expr/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tappet;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const JsonParsed first = parse_json(text);
    if (!first.ok) {
        if (first.error.message.empty() || first.error.offset > size) std::abort();
        return 0;
    }
    const auto printed = write_json(first.value);
    if (!printed) std::abort();
    const JsonParsed second = parse_json(*printed);
    if (!second.ok || !(second.value == first.value)) std::abort();
    const auto again = write_json(second.value);
    if (!again || *again != *printed) std::abort();
    return 0;
}
