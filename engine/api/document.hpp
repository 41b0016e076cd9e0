#pragma once
#include <optional>
#include <string>
#include <vector>

#include "expr/value.hpp"
#include "http/message.hpp"

namespace tappet::api {

/// One object of a JSON:API document (jsonapi.org 1.1).
struct Resource {
    std::string type, id;
    Value attributes;
};

struct Page {
    std::string next;       ///< cursor of the next page; empty: this is the last
    std::string next_link;  ///< its address
};

/// { data: {…}, included? }
http::Response one(const http::Request& request, const Resource& resource,
                   const std::vector<Resource>& included = {}, int status = 200);
/// { data: […], links: { next }, meta: { next } }
http::Response many(const http::Request& request, const std::vector<Resource>& resources,
                    const Page& page = {});
/// { errors: [{ status, code, title, detail, source? }] }; `parameter` names the query parameter at fault, if
/// one is.
http::Response failure(const http::Request& request, int status, const std::string& code,
                       const std::string& detail, const std::string& parameter = {});

}  // namespace tappet::api
