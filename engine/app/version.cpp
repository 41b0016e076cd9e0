#include "app/version.hpp"

#include <boost/version.hpp>

namespace tappet::app {

std::string version() { return TAPPET_VERSION; }

Value version_document() {
    const std::string boost = std::to_string(BOOST_VERSION / 100000) + "." +
                              std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                              std::to_string(BOOST_VERSION % 100);
    return Value::object({{"version", Value::string(version())},
                          {"compiler", Value::string(TAPPET_COMPILER)},
                          {"boost", Value::string(boost)}});
}

}  // namespace tappet::app
