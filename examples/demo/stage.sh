# What the acts of play.sh are played with: starting and ending processes, sending events, looking at runs,
# and printing. Sourced; `bin` (the folder of the executables), `plugins` and `work` are set before.

bold='' dim='' red='' green='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

act() { printf '\n%s── %s %s%s\n\n' "$bold" "$1" "$(printf '─%.0s' $(seq 1 $((96 - ${#1}))))" "$plain"; }
tell() { printf '%s\n' "$*"; }
row() { printf '  %-34s %s%8s%s%s\n' "$1" "$bold" "$2" "$plain" "${3:+  $dim$3$plain}"; }

# expect WHAT GOT WANTED: a promise, kept or not. One that is not ends the demo.
expect() {
    if [ "$2" = "$3" ]; then
        printf '  %s✔%s %s\n' "$green" "$plain" "$1"
    else
        printf '  %s✘ %s: got %s, wanted %s%s\n' "$red" "$1" "$2" "$3" "$plain"
        exit 1
    fi
}

# poll SECONDS WHAT COMMAND…: until the command succeeds.
poll() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        if [ "$SECONDS" -gt "$deadline" ]; then
            printf '  %s✘ waited in vain for %s%s\n' "$red" "$what" "$plain"
            exit 1
        fi
        sleep 0.02
    done
}

now_ms() { local t=$EPOCHREALTIME; t=${t/[.,]/}; printf '%s' "${t%???}"; }

start_service() {
    "$bin/demo_service" "$work/service.address" 12 </dev/null >"$work/service.log" 2>&1 &
    service_pid=$!
    poll 20 "the service" test -s "$work/service.address"
    service=$(<"$work/service.address")
}

is_ready() { [ -s "$work/engine.address" ] && curl -sf -m 5 -o "$work/ready" "$(<"$work/engine.address")/readyz"; }

# Sets `server`, and `ready_ms`: from the start of the process to the first 200 of /readyz.
start_engine() {
    local begun
    rm -f "$work/engine.address"
    begun=$(now_ms)
    "$bin/tappet" serve --config "$work/tappet.yaml" --flows flows --plugins "$plugins" --data "$work/data" --listen 127.0.0.1:0 \
        --allow-http 127.0.0.0/8 --address-file "$work/engine.address" </dev/null >>"$work/engine.log" 2>&1 &
    engine_pid=$!
    poll 30 "the engine to be ready" is_ready
    ready_ms=$(($(now_ms) - begun))
    server=$(<"$work/engine.address")
    export TAPPET_SERVER=$server
}

# end_engine SIGNAL: sets `engine_exit`.
end_engine() {
    engine_exit=0
    kill "-$1" "$engine_pid"
    wait "$engine_pid" 2>/dev/null || engine_exit=$?
    engine_pid=
}

sign() { openssl dgst -sha256 -hmac "$TAPPET_SECRET_SAAS_WEBHOOK" -r "$1" | cut -d' ' -f1; }

# post HOOK FILE [SIGNATURE]: sends the file's bytes, signed. Sets `status`, `answer` and `replayed`.
post() {
    local signature=${3:-sha256=$(sign "$2")}
    status=$(curl -sS -m 30 -o "$work/answer" -D "$work/head" -w '%{http_code}' -H 'Content-Type: application/json' \
        -H "X-Webhook-Signature: $signature" --data-binary @"$2" "$server/hooks/default/$1")
    answer=$(<"$work/answer")
    replayed=no
    ! grep -qi '^idempotent-replayed: true' "$work/head" || replayed=yes
    sent=$((sent + 1))
}

# Long JSON in lines that break behind a comma: wrapped MARK TEXT.
wrapped() {
    printf '%s\n' "$2" | sed 's/,"/, "/g' | fold -s -w 106 | sed "1s/^/  $1 /; 2,\$s/^/    /; s/ *\$//"
}

# send HOOK FILE [SIGNATURE]: post, shown. A file's bytes are shown once.
send() {
    local file
    file=$(basename "$2")
    printf '%sPOST /hooks/default/%s%s  %s\n%s' "$bold" "$1" "$plain" "$file" "$dim"
    case $shown_files in
        *" $file "*) printf '  → as above\n' ;;
        *) wrapped → "$(jq -c . "$2" 2>/dev/null || tr -s '\n ' '  ' <"$2")" ;;
    esac
    shown_files+=" $file "
    post "$@"
    printf '%s  ← %s%s%s' "$plain" "$bold" "$(head -n1 "$work/head" | tr -d '\r' | cut -d' ' -f2-)" "$plain"
    [ "$replayed" = no ] || printf '  Idempotent-Replayed: true'
    printf '\n'
    [ -z "$answer" ] || wrapped ' ' "$answer"
}

# burst HOOK FILE N: N copies at once. Their answers are in burst.<n>.status and burst.<n>.answer.
burst() {
    local signature i senders=()
    signature=sha256=$(sign "$2")
    for ((i = 1; i <= $3; i++)); do
        curl -sS -m 30 -o "$work/burst.$i.answer" -w '%{http_code}\n' -H 'Content-Type: application/json' \
            -H "X-Webhook-Signature: $signature" --data-binary @"$2" "$server/hooks/default/$1" >"$work/burst.$i.status" &
        senders+=($!)
    done
    wait "${senders[@]}"
    sent=$((sent + $3))
    printf '%sPOST /hooks/default/%s%s  %s, %s times at once\n' "$bold" "$1" "$plain" "$(basename "$2")" "$3"
}

said() { jq -r "$1" <<<"$answer"; }
run_json() { "$bin/tappet" runs show "$1" -o json; }
run_is() { [ "$(run_json "$1" | jq -r .run.status)" = "$2" ]; }
run_ended() { run_json "$1" | jq -e '.run.finishedAt != null' >"$work/ended"; }
show_run() { printf '\n'; "$bin/tappet" runs show "$1" | sed 's/^./  &/'; printf '\n'; }
ledger() { curl -sS -m 5 "$service/ledger" | jq -r ".$1"; }
ledger_is() { [ "$(ledger "$1")" = "$2" ]; }
tell_service() { curl -sS -m 5 -o "$work/told" -X POST "$service/control/$1"; }
