#!/usr/bin/env bash
# Runs one step and says how long it took: step.sh NAME COMMAND...
set -u

name=$1
shift
begin=$EPOCHREALTIME
"$@"
code=$?
end=$EPOCHREALTIME
tenths=$(((${end//[.,]/} - ${begin//[.,]/}) / 100000))
verdict=$([ "$code" -eq 0 ] && echo ok || echo FAILED)
printf '%-18s %-6s %4d.%d s\n' "$name" "$verdict" $((tenths / 10)) $((tenths % 10))
exit "$code"
