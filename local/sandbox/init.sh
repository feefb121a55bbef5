#!/bin/bash
# Process 1 of a container whose definition says initProcessEnabled: passes signals on, buries orphans, ends with its child's code.
# Job control, so that the child has a process group of its own and doesn't start with SIGINT and SIGQUIT ignored.
set -m
"$@" &
child=$!
set +m
# the output is the child's
exec >/dev/null 2>&1
for name in TERM INT HUP QUIT USR1 USR2; do
	trap "kill -$name $child" $name
done
while :; do
	wait $child
	code=$?
	# a trapped signal ends the wait, not the child
	if ! kill -0 $child; then
		# ended meanwhile: its own code, where the first wait was cut short (127: that one had it already)
		wait $child
		again=$?
		exit $((again == 127 ? code : again))
	fi
done
