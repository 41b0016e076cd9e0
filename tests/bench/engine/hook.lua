-- A webhook sender for wrk: 300 bytes of JSON by POST, a new id in each. Requests are joined from ready parts, and wrk
-- counts the answers itself: what the sender does in Lua is taken from the cores that it shares with the engine.
local threads = {}
function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end
function init(args)
    sent = 0
    local function body(id)
        local head = '{"id":"' .. args[1] .. "-" .. number .. "-" .. id .. '","count":' .. id .. ',"tags":["a","b"],"event":"'
        return head .. string.rep("x", 298 - #head) .. '"}'
    end
    local whole = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body("123456789"))
    before, between, after = whole:match("^(.*)123456789(.*)123456789(.*)$")
end
function request()
    sent = sent + 1
    local id = 100000000 + sent
    return before .. id .. between .. id .. after
end
function done(summary, latency)
    local errors = summary.errors
    local wrong = errors.connect + errors.read + errors.write + errors.timeout + errors.status
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), latency.max, wrong))
end
