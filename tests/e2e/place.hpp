#pragma once
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "expr/value.hpp"
#include "support/http_answer.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::e2e {

using test::Answer;
using test::Fields;
using Words = std::vector<std::string>;
using Variables = std::vector<std::pair<std::string, std::string>>;

/// How a command ended.
struct Ended {
    int code = -1;
    std::string out, err;
    Value json;  ///< what it printed, null where that is none
    std::string text(std::initializer_list<std::string_view> path) const { return test::text_at(json, path); }
};

/// A folder with `flows` in it, where commands run: what a user has in a shell.
class Place {
public:
    Place();
    std::string operator/(const std::string& name) const { return folder_ / name; }
    /// Writes a file; gives its path.
    std::string file(const std::string& name, std::string_view text) const;
    /// Writes flows/NAME.yaml with `flow: NAME` as its first line; gives its path.
    std::string flow(const std::string& name, std::string_view yaml) const;
    /// Starts `tappet` with these words.
    test::Process start(const Words& words, const Variables& variables = {}, const std::string& in = {});
    /// Runs `tappet` with these words until it ends.
    Ended run(const Words& words, const Variables& variables = {}, const std::string& in = {});

private:
    test::TemporaryFolder folder_;
    int commands_ = 0;
};

/// `tappet serve` on a free port, with the flows and the data of a place. Ready once made.
class Engine {
public:
    explicit Engine(Place& place, Words flags = {}, Variables variables = {});

    /// Starts it again after it has ended.
    void start();
    test::Process& process() { return process_; }
    const std::string& address() const { return address_; }  ///< "127.0.0.1:PORT"
    std::string url() const { return "http://" + address_; }

    Answer get(const std::string& target, const Fields& fields = {}) const;
    Answer post(const std::string& target, std::string_view body, Fields fields = {}) const;
    /// Posts JSON to /hooks/default/FLOW/received.
    Answer event(const std::string& flow, std::string_view body, const Fields& fields = {}) const;
    /// The run's document, with steps, once it is final.
    Answer ended_run(const std::string& id);
    /// How many runs of the flow the engine lists.
    std::size_t runs_of(const std::string& flow) const;
    /// Runs a command that talks to this engine.
    Ended cli(Words words, const std::string& in = {});
    /// Waits until the condition holds; fails the test when the engine ends before.
    void await(const std::function<bool()>& holds);

private:
    Place& place_;
    Words flags_;
    Variables variables_;
    test::Process process_;
    std::string address_;
};

}  // namespace tappet::e2e
