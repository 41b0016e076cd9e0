#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "expr/value.hpp"
#include "http/message.hpp"

namespace tappet::api {

/// One object of a JSON:API document (jsonapi.org 1.1).
struct Resource {
    std::string type, id;
    Value attributes;
    Value relationships{};  ///< a map of what the functions below give; null: none
};

/// A relationship to one object: { data: { type, id } }.
Value related_one(const std::string& type, const std::string& id);
/// A relationship to objects that are a list of their own: { links: { related }, data? }. `listed`, where it
/// is given, names them all.
Value related_many(const std::string& link, const std::vector<Resource>* listed = nullptr);

struct Page {
    std::string next;       ///< cursor of the next page; empty: this is the last
    std::string next_link;  ///< its address
};

/// { data: {…}, included?, meta: {} }
http::Response one(const http::Request& request, const Resource& resource, int status = 200,
                   const std::vector<Resource>* included = nullptr);
/// { data: […], links: { next }, meta: { next } }, and in meta what is given besides.
http::Response many(const http::Request& request, const std::vector<Resource>& resources,
                    const Page& page = {}, const std::vector<MapEntry>& more_meta = {});
/// { data: null, meta: {…} }: nothing came of the request, and `meta` says why.
http::Response none(const http::Request& request, Value meta);
/// { errors: [{ status, code, title, detail, source? }] }; `parameter` names the query parameter at fault, if
/// one is.
http::Response failure(const http::Request& request, int status, const std::string& code,
                       const std::string& detail, const std::string& parameter = {});
/// The value of a request's JSON body, null of an empty one; else the 400 that says at which byte it is none.
std::variant<Value, http::Response> read_json_body(const http::Request& request);

}  // namespace tappet::api
