#pragma once
#include <string>
#include <vector>

#include "app/console.hpp"
#include "expr/value.hpp"
#include "http/client.hpp"

namespace tappet::app {

/// Which server a command talks to.
struct Target {
    std::string server = "http://127.0.0.1:8420";
    std::string tenant = "default";
    std::string api_key;  ///< email:key
    /// The address of a resource of the tenant: "/runs" → "/v2/tenants/default/runs".
    std::string resource(const std::string& path) const;
};

/// What came back.
struct Reply {
    int status = 0;
    http::Headers headers;
    std::string body;
    Value json;  ///< null where the body is none
};

/// Why there is no answer, or an answer that says no; with the exit that says it.
struct Refusal {
    Exit exit = Exit::failed;
    std::string message;
    std::string parameter;  ///< of the query, which the server names as wrong; else empty
    int status = 0;         ///< of the answer; 0: there is none
};

/// Sends one request and waits for the answer, a minute and 256 MiB at most. Fails as unreachable when nobody
/// is there to answer.
boost::system::result<Reply, Refusal> send(const Target& target, const std::string& method,
                                           const std::string& path, const std::string& body = {},
                                           const http::Headers& headers = {});
/// What the document of an answer holds as its `data`.
enum class Shape {
    resource,
    resources,
    none,  ///< no document
};
/// As send; an answer from 400 on is a refusal with what it says, and so is one of another shape: it is not
/// the engine that answers. Each resource that is given has an id, a string, and attributes, a map.
boost::system::result<Reply, Refusal> ask(const Target& target, const std::string& method,
                                          const std::string& path, Shape shape, const std::string& body = {});
/// All resources of a list, however many pages it has.
boost::system::result<std::vector<Value>, Refusal> ask_all(const Target& target, const std::string& path);
/// The exit that an HTTP status says.
Exit exit_of_status(int status);
/// What a problem document or JSON:API errors say; without either, that it is an answer of this status.
std::string problem_text(const Reply& reply);

}  // namespace tappet::app
