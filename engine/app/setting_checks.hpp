#pragma once
#include <optional>
#include <string>

namespace tappet::app {

// What a text of the configuration must be, where it is not: "must be …". Empty texts mean the default, and
// are fine but for an address to listen on.
std::optional<std::string> listen_problem(const std::string& text);       ///< host:port
std::optional<std::string> address_problem(const std::string& text);      ///< what addresses begin with
std::optional<std::string> network_problem(const std::string& text);      ///< what core/http may reach
std::optional<std::string> proxy_problem(const std::string& text);        ///< http://host:port
std::optional<std::string> authorities_problem(const std::string& file);  ///< a PEM file that is there
std::optional<std::string> folder_problem(const std::string& path);       ///< a folder that is there

}  // namespace tappet::app
