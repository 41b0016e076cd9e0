#!/usr/bin/env bash
# play.sh BIN PLUGINS WORK [--keep]: the acts of the demo, with the executables in BIN; its files go to a folder of their own in
# WORK. Ends with 0 when everything is as promised, with 77 when a program that it needs is not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$1 plugins=$2 keep=no
[ "${4:-}" != --keep ] || keep=yes
for program in curl jq openssl; do
    command -v "$program" >/dev/null || { echo "the demo needs $program" >&2; exit 77; }
done
work=$(mktemp -d "$3/XXXXXX")
service_pid='' engine_pid='' sent=0 shown_files=''
for name in $(compgen -e TAPPET_); do unset "$name"; done  # what is set outside is no part of this
export no_proxy='*' TAPPET_SECRET_SAAS_WEBHOOK="demo-$RANDOM$RANDOM$RANDOM"
printf 'log: { level: info }\n' >"$work/tappet.yaml"
. examples/demo/stage.sh

leave() {
    local code=$?
    [ "$keep" = yes ] && [ $code -eq 0 ] && return
    [ -z "$engine_pid" ] || kill -KILL "$engine_pid" 2>/dev/null || true
    [ -z "$service_pid" ] || kill "$service_pid" 2>/dev/null || true
    if [ $code -eq 0 ]; then rm -rf "$work"; return; fi
    [ ! -s "$work/engine.log" ] || tail -n 15 "$work/engine.log" | sed 's/^/  engine: /'
    printf 'the demo failed; its logs and data are in %s\n' "$work"
}
trap leave EXIT
fixtures=flows/fixtures installed=location-installed/installed

act "The stage"
start_service
start_engine
"$bin/tappet" var set "App Base URL" "$service" >"$work/var"
tell "engine   $server  (data in ${work#"$PWD"/}/data), ready after $ready_ms ms"
tell "service  $service  (the application that the flows look after)"
"$bin/tappet" flows list
"$bin/tappet" validate flows --plugins "$plugins"

act "1  A location is installed"
tell_service 'refuse-once?/features/contacts'
send $installed $fixtures/install-trial.json
expect "the event is stored before it is acknowledged" "$status $(said .status)" "202 queued"
first=$(said .runId)
poll 30 "the run" run_ended "$first"
show_run "$first"
story=$(run_json "$first")
expect "the run succeeded" "$(jq -r .run.status <<<"$story")" succeeded
expect "the condition held: a trial was started" "$(jq -r .run.outputs.trial <<<"$story")" true
expect "the loop went over three features" "$(jq -r '.run.outputs.features | join(" ")' <<<"$story")" \
    "calendar contacts campaigns"
expect "one was refused with 503 and Retry-After: 1, and tried again after that second" \
    "$(jq -r '.steps[] | select(.path == "enableFeatures[1].enable") | "\(.attempts) \(.status)"' <<<"$story")" \
    "2 succeeded"

act "2  What begins no run"
send $installed $fixtures/install-trial.json
expect "the same webhookId again: the same answer, the same run" "$status $replayed $(said .runId)" "202 yes $first"
tell
send $installed $fixtures/install-agency.json
expect "the filter lets an agency's own install pass by" "$status $(said .status)" "202 filtered"
tell
send $installed $fixtures/install-incomplete.json
expect "what breaks the schema is told, with pointers" \
    "$status $(said '[.errors[].pointer] | sort | join(" ")')" "422 /companyId /trial/onTrial"
tell
send $installed $fixtures/install-cut-off.txt
expect "what is no JSON is refused" "$status" 400
tell
send $installed $fixtures/install.json sha256=00
expect "what is not signed with the secret is refused" "$status" 401

tell
burst $installed $fixtures/install.json 8
expect "eight copies at once: each is answered alike" "$(sort -u "$work"/burst.*.status | tr '\n' ' ')" "202 "
expect "and they are one run" "$(jq -r .runId "$work"/burst.*.answer | sort -u | wc -l)" 1
second=$(jq -r .runId "$work/burst.1.answer")
poll 30 "the run" run_ended "$second"
expect "whose condition did not hold: no trial" "$(run_json "$second" | jq -r '"\(.run.status) \(.run.outputs.trial)"')" \
    "succeeded false"

act "3  A plan changes, and the flow answers"
send plan-changed/changed $fixtures/plan-change.json
expect "the answer is the flow's own" "$status $(said '"+\(.gained | join(" +")) -\(.lost | join(" -"))"')" \
    "200 +reporting +api -campaigns"

act "4  SIGKILL in the middle of the loop"
many=24
tell_service 'silent?/features/campaigns'
tell "The service now does what campaigns are asked of it, but never answers: the worst moment to die in."
runs=()
for ((i = 1; i <= many; i++)); do
    jq --arg n "$i" '.webhookId |= sub("^0f6a2c1e"; "crash-" + $n) | .locationId += $n' \
        $fixtures/install-trial.json >"$work/body.json"
    post $installed "$work/body.json"
    [ "$status" = 202 ] || expect "event $i is taken" "$status" 202
    runs+=("$(said .runId)")
done
poll 30 "all runs to be inside the loop" ledger_is held $many
tell "$many events sent, each of another location. The first run, as it stands:"
show_run "${runs[0]}"
effects_before=$(ledger effects)
shown=${runs[0]}
done_before=$(run_json "$shown" | jq -c '[.steps[] | select(.status == "succeeded")]')
end_engine KILL
expect "the engine is gone (kill -9), with $many runs in flight" "$engine_exit" 137
tell_service silent
poll 10 "the service to lose its callers" ledger_is held 0
back=$(now_ms)
start_engine
again_ms=$ready_ms
tell "  started again: ready after $again_ms ms"
for run in "${runs[@]}"; do poll 60 "run $run" run_ended "$run"; done
all_ms=$(($(now_ms) - back))
show_run "$shown"
after=$(run_json "$shown")
listed=$("$bin/tappet" runs list --flow location-installed --limit 100 -o json)
expect "all $many runs succeeded" \
    "$(jq --argjson ids "$(jq -nc '$ARGS.positional' --args "${runs[@]}")" \
        '[.runs[] | select(.status == "succeeded" and (.id as $id | $ids | index($id)))] | length' <<<"$listed")" $many
expect "what was done before the kill stands as it was ($(jq length <<<"$done_before") steps of this run)" \
    "$(jq -c --argjson before "$done_before" '[.steps[] | select(.path as $p | $before | any(.path == $p))]' <<<"$after")" \
    "$done_before"
expect "each run had its six effects, no more and no less" "$(ledger effects)" $((effects_before + 2 * many))
expect "each call in flight was made again with its old Idempotency-Key, and recognised" "$(ledger repeats)" $many
expect "no step that had its answer was done twice" "$(ledger repeatsAfterAnswer)" 0

act "5  The location is removed"
send location-removed/removed $fixtures/uninstall.json
expect "for a sender that takes 200 alone" "$status" 200
last=$(said .runId)
poll 30 "the run" run_ended "$last"
expect "the run succeeded" "$(run_json "$last" | jq -r .run.status)" succeeded

act "Figures"
listed=$("$bin/tappet" runs list --limit 100 -o json)
total=$(jq '.runs | length' <<<"$listed")
row "events sent" "$sent" "1 filtered, 3 refused"
row "duplicates" 8 "answered like the first, no run"
row "runs" "$total" "$(jq -r '.runs | group_by(.status) | map("\(length) \(.[0].status)") | join(", ")' <<<"$listed")"
row "effects in the service" "$(ledger effects)" "each under a key of its own"
row "calls repeated after the kill" "$(ledger repeats)" "all recognised by their key"
row "effects done twice" $(($(ledger effects) - $(ledger keys)))
row "runs in flight at the kill" $many
row "ready again after" "$again_ms ms"
row "all of them done after" "$all_ms ms"
tell
expect "every event is accounted for: a run, a duplicate, filtered or refused" $((total + 8 + 1 + 3)) "$sent"
expect "no effect was there twice" "$(ledger effects)" "$(ledger keys)"
expect "every run succeeded" "$(jq '[.runs[] | select(.status == "succeeded")] | length' <<<"$listed")" "$total"

if [ "$keep" = yes ]; then
    tell
    tell "Left running: the engine (pid $engine_pid) at $server, the service (pid $service_pid) at $service."
    tell "  export TAPPET_SERVER=$server TAPPET_SECRET_SAAS_WEBHOOK=$TAPPET_SECRET_SAAS_WEBHOOK"
    tell "  $bin/tappet runs list"
    tell "  kill $engine_pid $service_pid && rm -r $work"
    exit 0
fi
end_engine TERM
expect "SIGTERM drains it: exit 0" "$engine_exit" 0
