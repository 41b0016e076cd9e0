-- A webhook sender for wrk: 300 bytes of JSON by POST, a new id in each. Counts the answers that are no 2xx.
local threads = {}
function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end
function init(args)
    bad, sent = 0, 0
    prefix = string.format("%s-%d-", args[1], number)
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
end
function request()
    sent = sent + 1
    local id = prefix .. sent
    local head = '{"id":"' .. id .. '","count":' .. sent .. ',"tags":["a","b"],"event":"'
    return wrk.format(nil, nil, nil, head .. string.rep("x", 298 - #head) .. '"}')
end
function response(status)
    if status < 200 or status > 299 then bad = bad + 1 end
end
function done(summary, latency)
    local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
    io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), latency.max, wrong))
end
