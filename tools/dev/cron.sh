#!/usr/bin/env bash
# schedules against brute force, 30 zones and 50 years: [random specs per zone, 100] [--seed N]
# when: tests/schedules/CMakeLists.txt
need build test
specs=100
case ${1:-} in
    '' | -*) ;;
    *[!0-9]*) die "usage: ./dev cron [specs per zone] [--seed N]" ;;
    *) specs=$1; shift ;;
esac
configure release
compile release schedules
exec build/release/bin/schedules --specs "$specs" "$@"
