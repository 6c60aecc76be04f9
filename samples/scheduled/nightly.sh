#!/bin/sh
# One nightly run: collect live, judge, keep the run, write the reports. Ends with the exit code of the scan.
#
#   NIGHTLY_SCOPE   what to scan: --management-group ID, --all-subscriptions, or --subscription ID ...
#   NIGHTLY_OUT     folder for reports, store and checkpoint (default: ./s2sguard-out); must outlive the run
#   NIGHTLY_STORE   URL of the store (default: a SQLite file in NIGHTLY_OUT; `none` keeps no runs).
#                    SQLite needs a local disk or a block volume: on a network share its locks do not hold, take PostgreSQL there
#   NIGHTLY_CHECKPOINT  where a killed run goes on from (default: a file in NIGHTLY_OUT; the same holds for it)
#   NIGHTLY_KEEP    days that runs are kept in the store (default: 400)
#
# 0 clean, 1 findings, 2 the command is wrong, 3 no complete answer. 1 and 3 both want a person; 3 wants one who looks at rights.
set -u

: "${NIGHTLY_SCOPE:?say what to scan, such as --management-group partners}"
out=${NIGHTLY_OUT:-s2sguard-out}
mkdir -p "$out" || exit 3
store=${NIGHTLY_STORE:-sqlite:///$out/history.sqlite}
if [ "$store" = none ]; then
    set --
else
    set -- --store "$store" --keep-days "${NIGHTLY_KEEP:-400}"
fi

# NIGHTLY_SCOPE is meant to be several words.
# shellcheck disable=SC2086
s2sguard scan $NIGHTLY_SCOPE "$@" \
    --checkpoint "${NIGHTLY_CHECKPOINT:-$out/checkpoint.sqlite}" \
    --fail-on high --fail-on-unknown --fail-on-gap \
    --format "json=$out/report.json" \
    --format "sarif=$out/report.sarif" \
    --format "html=$out/report.html"
code=$?

# What changed since last night, for the log. Its exit code says "something is new", which the scan has said already.
if [ "$code" -ne 2 ] && [ "$store" != none ]; then
    s2sguard diff --store "$store" >"$out/changes.txt" 2>&1 || true
    cat "$out/changes.txt"
fi
exit "$code"
