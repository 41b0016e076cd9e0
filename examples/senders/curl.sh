#!/usr/bin/env bash
# Sends an event as a good sender does: curl.sh URL FILE [ID]
#
# FILE is the body, JSON. ID names the event, a digest of the body without it: however often this is repeated, one run starts.
# Ends with 0 and the run's id when the event is taken, 1 when it is not, 2 when it is used in a wrong way.
#
# What the hook verifies, by variable:
#   WEBHOOK_SECRET  preset standard-webhooks: whsec_ and base64 of the key
#   HMAC_SECRET     preset hmac:   header HMAC_HEADER (X-Signature), sha256, hexadecimal, prefix "sha256="
#   TOKEN           preset bearer
#   LOGIN           preset basic:  user:password
set -euo pipefail
tries=6 timeout=30 longest_wait=900  # seconds

[ $# -eq 2 ] || [ $# -eq 3 ] || { sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "$0" >&2; exit 2; }
url=$1 file=$2
[ -r "$file" ] || { echo "cannot read $file" >&2; exit 2; }
id=${3:-evt_$(sha256sum <"$file" | cut -d' ' -f1)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digits() { od -An -v -tx1 | tr -d ' \n'; } # bytes to hexadecimal
bytes() { printf '%b' "$(sed 's/../\\x&/g')"; } # and back
# HMAC-SHA256 in hexadecimal, of standard input with a key in hexadecimal. `openssl dgst` does the same, but takes the key as an
# argument, which everybody on the machine can read.
hmac_sha256() {
    local key=$1 inner='' outer='' i byte one
    [ ${#key} -le 128 ] || key=$(printf %s "$key" | bytes | sha256sum | cut -c1-64)
    for ((i = 0; i < 64; i++)); do
        byte=${key:2*i:2}
        printf -v one '%02x' $((16#${byte:-00} ^ 0x36))
        inner+=$one
        printf -v one '%02x' $((16#${byte:-00} ^ 0x5c))
        outer+=$one
    done
    {
        printf %s "$outer" | bytes
        { printf %s "$inner" | bytes; cat; } | sha256sum | cut -c1-64 | tr -d '\n' | bytes
    } | sha256sum | cut -c1-64 | tr -d '\n'
}
if [ -n "${WEBHOOK_SECRET:-}" ]; then
    key=$(base64 -d <<<"${WEBHOOK_SECRET#whsec_}" 2>/dev/null | digits) || key=
    [ -n "$key" ] || { echo "WEBHOOK_SECRET is not whsec_ and base64" >&2; exit 2; }
fi

# The headers of one try, as curl reads them with -H @FILE: a time and a signature of its own; the id stays.
write_headers() {
    local now
    now=$(date +%s)
    echo "content-type: application/json"
    if [ -n "${WEBHOOK_SECRET:-}" ]; then
        echo "webhook-id: $id"
        echo "webhook-timestamp: $now"
        echo "webhook-signature: v1,$({ printf '%s.%s.' "$id" "$now"; cat "$file"; } | hmac_sha256 "$key" | bytes | base64 -w0)"
    else
        echo "idempotency-key: $id"
    fi
    if [ -n "${HMAC_SECRET:-}" ]; then
        local secret
        secret=$(printf %s "$HMAC_SECRET" | digits)
        echo "${HMAC_HEADER:-X-Signature}: sha256=$(hmac_sha256 "$secret" <"$file")"
    fi
    [ -z "${TOKEN:-}" ] || echo "authorization: Bearer $TOKEN"
    [ -z "${LOGIN:-}" ] || echo "authorization: Basic $(printf %s "$LOGIN" | base64 -w0)"
}
field() { # a header of the answer
    sed -n "s/^$1: *//Ip" "$work/head" | tr -d '\r' | tail -n 1
}
member() { # a text of the answer's JSON
    sed -n "s/.*\"$1\" *: *\"\(\([^\"\\\\]\|\\\\.\)*\)\".*/\1/p" "$work/answer" | head -n 1
}
seconds_to_wait() { # as long as the receiver asks for, else twice as long each time; never all senders at once
    local wait=$((1 << $1)) asked
    wait=$((wait + RANDOM % (wait + 1)))
    asked=$(field retry-after)
    case $asked in
        '') ;;
        *[!0-9]*) asked=$(($(date -d "$asked" +%s 2>/dev/null || date +%s) - $(date +%s))) ;;
    esac
    [ -z "$asked" ] || [ "$asked" -le "$wait" ] || wait=$asked
    echo $((wait < longest_wait ? wait : longest_wait))
}

for ((tried = 0; ; tried++)); do
    : >"$work/head"
    : >"$work/answer"
    write_headers >"$work/fields"
    status=$(curl --silent --show-error --max-time "$timeout" --header @"$work/fields" --header 'Expect:' \
        --data-binary @"$file" --dump-header "$work/head" --output "$work/answer" --write-out '%{http_code}' "$url" \
        2>"$work/error") || status=000
    case $status in
        2??) break ;;
        000) what="no answer: $(cat "$work/error")" again=1 ;;
        408 | 429 | 5??) what="$status: $(member detail)" again=1 ;;
        *) what="$status: $(member detail)" again=0 ;;
    esac
    if [ $again = 0 ] || [ "$(field idempotent-replayed)" = true ]; then
        echo "refused with $what" >&2
        exit 1
    fi
    if [ $((tried + 1)) -eq $tries ]; then
        echo "given up after $tries tries, the last one $what" >&2
        exit 1
    fi
    wait=$(seconds_to_wait $tried)
    echo "$what; again in $wait s" >&2
    sleep "$wait"
done
[ "$(field idempotent-replayed)" != true ] || echo "this event was there before" >&2
run=$(member runId)
if [ -n "$run" ]; then echo "$run"; else cat "$work/answer"; fi  # a flow that answers by itself has no runId
