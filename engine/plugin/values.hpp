#pragma once
#include <tappet/abi.h>

#include "expr/value.hpp"

namespace tappet::plugin {

/// A value as plugins see it: a handle is the address of a Value, so that nothing is copied at the border.
inline const tappet_value* to_handle(const Value* value) {
    return reinterpret_cast<const tappet_value*>(value);
}
inline const Value& from_handle(const tappet_value* handle) {
    return *reinterpret_cast<const Value*>(handle);
}

inline std::string_view from_text(tappet_text text) {
    return text.size ? std::string_view(text.data, text.size) : std::string_view();
}
inline tappet_text as_text(std::string_view text) { return {text.data(), text.size()}; }

/// The accessor table.
const tappet_values& value_table();

}  // namespace tappet::plugin
