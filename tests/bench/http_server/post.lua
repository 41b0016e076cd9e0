-- A webhook sender for wrk: 300 bytes of JSON by POST.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"event":"' .. string.rep("x", 288) .. '"}'
