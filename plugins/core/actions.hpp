#pragma once
#include <tappet/plugin.hpp>

namespace core {

using tappet::sdk::Context;
using tappet::sdk::Json;
using tappet::sdk::Task;
using tappet::sdk::View;

Task<Json> http(Context context, View input);
Json log(const Context& context, View input);
Json map(const Context& context, View input);

}  // namespace core
