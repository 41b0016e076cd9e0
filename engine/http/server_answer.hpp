#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace tappet::http::server {

/// The Date field's text, made once a second.
class DateText {
public:
    std::string_view at(std::chrono::system_clock::time_point now);

private:
    std::chrono::seconds second_{-1};
    std::string text_;
};

/// What the request and the connection say about the shape of an answer.
struct AnswerForm {
    bool head = false;    ///< the request was HEAD: fields as for GET, no body
    bool http10 = false;  ///< the request was HTTP/1.0, where keep-alive must be said
    bool close = false;   ///< the connection ends behind this answer
};

/// Whether the handler's answer asks for the end of the connection (Connection: close).
bool asks_to_close(const Response& response);

/// Appends the answer to `out` as bytes. Framing fields of the response itself (content-length, connection,
/// transfer-encoding, …) and Date are left out and written here; a field whose name is no token is dropped,
/// control characters in values become spaces, so that no value can forge a field. A status outside 200 to
/// 599 is written as 500.
void write_answer(std::string& out, const Response& response, AnswerForm form, std::string_view date);

}  // namespace tappet::http::server
