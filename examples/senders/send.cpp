// Sends an event as a good sender does: send URL FILE [ID]
//
// FILE is the body, JSON. ID names the event, a digest of the body without it: however often this is
// repeated, one run starts. WEBHOOK_SECRET of the environment is whsec_ and base64 of the key that signs
// (Standard Webhooks, v1). Ends with 0 and the run's id when the event is taken, 1 when it is not, 2 when it
// is used in a wrong way. Boost and OpenSSL: g++ -std=c++20 send.cpp -o send -lssl -lcrypto
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using std::chrono::duration;
using Answer = beast::http::response<beast::http::string_body>;

constexpr int kTries = 6;
constexpr std::chrono::seconds kTimeout{30};       ///< of each step of a try
constexpr duration<double> kLongestWait{15 * 60};  ///< between two

[[noreturn]] void fail(int code, const std::string& text) {
    std::cerr << text << "\n";
    std::exit(code);
}

std::string to_base64(const unsigned char* bytes, std::size_t size) {
    std::string out(4 * ((size + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
    return out;
}

std::string read_key(const char* secret) {
    if (!secret || !*secret) fail(2, "set WEBHOOK_SECRET to whsec_ and base64 of the key");
    std::string text(secret);
    if (text.starts_with("whsec_")) text.erase(0, 6);
    std::string key(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size <= 0) fail(2, "WEBHOOK_SECRET is not whsec_ and base64");
    // The library counts the padding as bytes.
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    key.resize(static_cast<std::size_t>(size) - padding);
    return key;
}

std::string sign(const std::string& key, const std::string& message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    return "v1," + to_base64(mac.data(), size);
}

std::string digest_of(const std::string& body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    EVP_Digest(body.data(), body.size(), raw.data(), &size, EVP_sha256(), nullptr);
    std::ostringstream out;
    out << std::hex << std::setfill('0');
    for (unsigned int i = 0; i < size; ++i) out << std::setw(2) << static_cast<int>(raw[i]);
    return out.str();
}

struct Url {
    bool tls = false;
    std::string host, port, target;
};

Url parse_url(const std::string& text) {
    static const std::regex kUrl(R"((https?)://(\[[0-9a-fA-F:]+\]|[^/:?#\[\]]+)(?::(\d+))?(/[^#]*)?)");
    std::smatch parts;
    if (!std::regex_match(text, parts, kUrl)) fail(2, text + " is no http:// or https:// address");
    Url url;
    url.tls = parts[1] == "https";
    url.host = parts[2];
    url.port = parts[3].matched ? parts[3].str() : url.tls ? "443" : "80";
    url.target = parts[4].matched ? parts[4].str() : "/";
    return url;
}

/// Starts an operation and waits until it has ended: the asynchronous ones alone have timeouts.
template <class Start>
void perform(asio::io_context& loop, Start start) {
    beast::error_code failed;
    start([&failed](const beast::error_code& error, auto&&...) { failed = error; });
    loop.restart();
    loop.run();
    if (failed) throw beast::system_error(failed);
}

template <class Stream>
Answer exchange(asio::io_context& loop, Stream& stream,
                const beast::http::request<beast::http::string_body>& request) {
    beast::flat_buffer buffer;
    Answer answer;
    beast::get_lowest_layer(stream).expires_after(kTimeout);
    perform(loop, [&](auto done) { beast::http::async_write(stream, request, done); });
    perform(loop, [&](auto done) { beast::http::async_read(stream, buffer, answer, done); });
    return answer;
}

Answer send(const Url& url, const beast::http::request<beast::http::string_body>& request) {
    asio::io_context loop;
    const bool literal = url.host.starts_with('[');  // an address of IPv6
    const std::string host = literal ? url.host.substr(1, url.host.size() - 2) : url.host;
    const auto addresses = asio::ip::tcp::resolver(loop).resolve(host, url.port);
    const auto connect = [&](beast::tcp_stream& stream) {
        stream.expires_after(kTimeout);
        perform(loop, [&](auto done) { stream.async_connect(addresses, done); });
    };
    if (!url.tls) {
        beast::tcp_stream stream(loop);
        connect(stream);
        return exchange(loop, stream, request);
    }
    asio::ssl::context settings(asio::ssl::context::tls_client);
    settings.set_default_verify_paths();
    beast::ssl_stream<beast::tcp_stream> stream(loop, settings);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(host));
    if (!literal) SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
    connect(beast::get_lowest_layer(stream));
    perform(loop, [&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); });
    return exchange(loop, stream, request);
}

/// As long as the receiver asks for, else twice as long each time; never all senders at once.
duration<double> to_wait(const std::string& asked, int tried) {
    static std::mt19937 chance{std::random_device{}()};
    std::uniform_real_distribution<double> part(0.5, 1);
    duration<double> wait{std::min(60, 1 << tried) * part(chance)};
    int seconds = 0;
    const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
    if (error == std::errc() && end == asked.data() + asked.size()) {
        wait = std::max(wait, duration<double>(seconds));
    } else if (!asked.empty()) {
        std::tm time{};
        std::istringstream in(asked);
        in >> std::get_time(&time, "%a, %d %b %Y %H:%M:%S GMT");
        if (in) wait = std::max(wait, duration<double>(std::difftime(timegm(&time), std::time(nullptr))));
    }
    return std::min(wait, kLongestWait);
}

/// A text of the object that an answer holds; empty where there is none.
std::string member(const std::string& json, const char* name) {
    boost::system::error_code error;
    const auto value = boost::json::parse(json, error);
    if (error || !value.is_object()) return {};
    const auto* found = value.get_object().if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool is_replayed(const Answer& answer) { return answer["Idempotent-Replayed"] == "true"; }

Answer deliver(const Url& url, const std::string& body, const std::string& id, const std::string& key) {
    for (int tried = 0;; ++tried) {
        const std::string time =
            std::to_string(std::time(nullptr));  // and a signature of each try; the id stays
        beast::http::request<beast::http::string_body> request{beast::http::verb::post, url.target, 11, body};
        request.set("Host", url.host + ":" + url.port);
        request.set("Content-Type", "application/json");
        request.set("webhook-id", id);
        request.set("webhook-timestamp", time);
        request.set("webhook-signature", sign(key, id + "." + time + "." + body));
        request.set("Connection", "close");
        request.prepare_payload();
        Answer answer;
        std::string what;
        bool again = true;
        try {
            answer = send(url, request);
            if (answer.result_int() / 100 == 2) return answer;
            std::string detail = member(answer.body(), "detail");
            if (detail.empty()) detail = answer.body().substr(0, 200);
            what = std::to_string(answer.result_int()) + ": " + detail;
            again = answer.result_int() == 408 || answer.result_int() == 429 || answer.result_int() >= 500;
        } catch (const beast::system_error& error) {
            what = "no answer: " + error.code().message();
        }
        if (!again || is_replayed(answer)) fail(1, "refused with " + what);
        if (tried + 1 == kTries)
            fail(1, "given up after " + std::to_string(kTries) + " tries, the last one " + what);
        const auto wait = to_wait(std::string(answer["Retry-After"]), tried);
        std::cerr << what << "; again in " << std::fixed << std::setprecision(1) << wait.count() << " s\n";
        std::this_thread::sleep_for(wait);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3 && count != 4) fail(2, "usage: send URL FILE [ID]");
    const Url url = parse_url(words[1]);
    const std::string key = read_key(std::getenv("WEBHOOK_SECRET"));
    std::ifstream file(words[2], std::ios::binary);
    if (!file) fail(2, std::string("cannot read ") + words[2]);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const std::string id = count == 4 ? words[3] : "evt_" + digest_of(body);
    const Answer answer = deliver(url, body, id, key);
    if (is_replayed(answer)) std::cerr << "this event was there before\n";
    const std::string run = member(answer.body(), "runId");
    std::cout << (run.empty() ? answer.body() : run) << "\n";  // a flow that answers by itself has no runId
}
