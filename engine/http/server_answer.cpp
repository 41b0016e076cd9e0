#include "http/server_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "http/server_head.hpp"

namespace tappet::http::server {
namespace {

constexpr std::array<std::string_view, 7> kOurs = {
    "date", "upgrade", "trailer", "connection", "keep-alive", "content-length", "transfer-encoding"};

bool is_ours(std::string_view name) {
    return std::any_of(kOurs.begin(), kOurs.end(),
                       [name](std::string_view own) { return same_name(own, name); });
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

void append_field(std::string& out, const Headers::Item& item) {
    const auto& [name, value] = item;
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token) || is_ours(name)) return;
    out.append(name).append(": ");
    const std::size_t from = out.size();
    out.append(value);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), [](char c) { return !is_field_byte(c); },
        ' ');
    out.append("\r\n");
}

void append_two(std::string& out, int number) {
    out.push_back(static_cast<char>('0' + number / 10 % 10));
    out.push_back(static_cast<char>('0' + number % 10));
}

}  // namespace

std::string_view DateText::at(std::chrono::system_clock::time_point now) {
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    if (second == second_) return text_;
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::time_t time = second.count();
    std::tm parts{};
    gmtime_r(&time, &parts);
    second_ = second;
    text_.assign(kDays.substr(static_cast<std::size_t>(parts.tm_wday) * 3, 3)).append(", ");
    append_two(text_, parts.tm_mday);
    text_.append(" ").append(kMonths.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3)).append(" ");
    append_two(text_, (parts.tm_year + 1900) / 100);
    append_two(text_, parts.tm_year % 100);
    text_.append(" ");
    append_two(text_, parts.tm_hour);
    text_.append(":");
    append_two(text_, parts.tm_min);
    text_.append(":");
    append_two(text_, parts.tm_sec);
    text_.append(" GMT");
    return text_;
}

bool asks_to_close(const Response& response) {
    const auto connection = response.headers.get("connection");
    return connection && same_name(*connection, "close");
}

void write_answer(std::string& out, const Response& response, AnswerForm form, std::string_view date) {
    const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
    const bool has_length = status != 204 && status != 304;
    const std::string_view body =
        has_length && status != 205 ? std::string_view(response.body) : std::string_view();
    std::size_t size = 160 + (form.head ? 0 : body.size());
    for (const auto& [name, value] : response.headers.items()) size += name.size() + value.size() + 4;
    out.reserve(out.size() + size);

    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(status));
    out.append(" ").append(reason(status)).append("\r\n");
    for (const Headers::Item& item : response.headers.items()) append_field(out, item);
    out.append("Date: ").append(date).append("\r\n");
    if (has_length) {
        out.append("Content-Length: ");
        append_number(out, body.size());
        out.append("\r\n");
    }
    if (form.close) {
        out.append("Connection: close\r\n");
    } else if (form.http10) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    if (!form.head) out.append(body);
}

}  // namespace tappet::http::server
