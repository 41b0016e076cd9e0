#include "place.hpp"

#include <filesystem>

namespace tappet::e2e {

Place::Place() { std::filesystem::create_directory(folder_ / "flows"); }

std::string Place::file(const std::string& name, std::string_view text) const {
    test::write_text(folder_ / name, text);
    return folder_ / name;
}

std::string Place::flow(const std::string& name, std::string_view yaml) const {
    return file("flows/" + name + ".yaml", "flow: " + name + "\n" + std::string(yaml));
}

test::Process Place::start(const Words& words, const Variables& variables, const std::string& in) {
    const std::string number = std::to_string(++commands_);
    test::Process::Start start;
    start.words = {TAPPET_EXECUTABLE};
    start.words.insert(start.words.end(), words.begin(), words.end());
    start.variables = variables;
    start.folder = folder_.path();
    if (!in.empty()) start.in = file("in-" + number, in);
    start.out = folder_ / ("out-" + number);
    start.err = folder_ / ("err-" + number);
    return test::Process(start);
}

Ended Place::run(const Words& words, const Variables& variables, const std::string& in) {
    test::Process process = start(words, variables, in);
    Ended ended;
    ended.code = process.wait();
    ended.out = process.output();
    ended.err = process.errors();
    if (JsonParsed parsed = parse_json(ended.out); parsed.ok) ended.json = std::move(parsed.value);
    return ended;
}

Engine::Engine(Place& place, Words flags, Variables variables)
    : place_(place), flags_(std::move(flags)), variables_(std::move(variables)) {
    start();
}

void Engine::start() {
    const std::string file = place_ / "address";
    std::filesystem::remove(file);
    Words words{"serve", "--listen", "127.0.0.1:0", "--data", "data", "--address-file", file};
    words.insert(words.end(), flags_.begin(), flags_.end());
    process_ = place_.start(words, variables_);
    if (!process_.await([&] { return test::read_text(file).ends_with('\n'); }))
        throw std::runtime_error("the engine does not start: " + process_.errors());
    const std::string line = test::read_text(file);
    address_ = line.substr(7, line.size() - 8);
}

Answer Engine::get(const std::string& target, const Fields& fields) const {
    return test::exchange(address_, "GET", target, {}, fields);
}

Answer Engine::post(const std::string& target, std::string_view body, Fields fields) const {
    bool typed = false;
    for (const auto& [name, value] : fields) typed = typed || name == "Content-Type";
    if (!typed) fields.emplace_back("Content-Type", "application/json");
    return test::exchange(address_, "POST", target, body, fields);
}

Answer Engine::event(const std::string& flow, std::string_view body, const Fields& fields) const {
    return post("/hooks/default/" + flow + "/received", body, fields);
}

Answer Engine::ended_run(const std::string& id) {
    Answer run;
    await([&] {
        run = get("/v2/tenants/default/runs/" + id + "?include=steps");
        const std::string status = run.text({"data", "attributes", "status"});
        return run.status != 200 || status == "succeeded" || status == "failed" || status == "cancelled" ||
               status == "quarantined";
    });
    EXPECT_EQ(run.status, 200) << run.body;
    return run;
}

std::size_t Engine::runs_of(const std::string& flow) const {
    const Answer list = get("/v2/tenants/default/runs?page[size]=500&filter[flow]=" + flow);
    const Value* data = list.json.find("data");
    EXPECT_TRUE(data) << list.body;
    return data ? data->size() : 0;
}

Ended Engine::cli(Words words, const std::string& in) {
    words.insert(words.end(), {"--server", url()});
    return place_.run(words, {}, in);
}

void Engine::await(const std::function<bool()>& holds) {
    if (!process_.await(holds)) throw std::runtime_error("the engine ended: " + process_.errors());
}

}  // namespace tappet::e2e
