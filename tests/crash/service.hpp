#pragma once
#include <list>

#include "effects.hpp"
#include "wire.hpp"

namespace tappet::crash {

/// The outer world: an HTTP service on loopback that flows call, and that counts.
class Service {
public:
    Service(boost::asio::io_context& loop, Effects& effects);

    std::string url() const;
    /// A further life of the engine begins: its calls are told from those of the last.
    void next_life() { ++life_; }
    unsigned life() const { return life_; }
    std::size_t connections() const { return connections_; }
    /// Answers everything that is held back with 200.
    void release();

private:
    Task<> accept();
    Task<> serve(Socket socket, unsigned life);
    Task<bool> answer(Socket& socket, const Message& request, unsigned life);

    boost::asio::io_context& loop_;
    Effects& effects_;
    boost::asio::ip::tcp::acceptor acceptor_;
    unsigned life_ = 0;
    std::size_t connections_ = 0;
    bool released_ = false;
};

}  // namespace tappet::crash
