#!/bin/bash
# One per container, in a session of its own, so that the container outlives the stack: makes the namespaces, waits, leaves the exit code.
#   supervise.sh <container's folder>
# Reads there what container.ts wrote; writes `supervisor` and `init` (process ids with their start times), `output` and `exit`.
set -u
umask 022
here=$(dirname "$0")
cd "$1" || exit 1

# pid and start time (field 22 of stat): together they name one process for ever
identity() {
	local stat
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	stat=(${stat##*) })
	echo "$1 ${stat[19]}"
}

identity $$ >supervisor.next && mv supervisor.next supervisor

# what the container prints: the beginning is kept, the rest goes nowhere
exec {log}> >(head -c 65536 >output; exec cat >/dev/null)
logger=$!

apart=()
if [ -e apart ]; then apart=(--net); fi

# The first process that this shell makes is number 1 within; `unshare --fork` would answer a SIGKILL with code 1. Its own words go nowhere.
coproc container {
	exec unshare --mount --pid --ipc --uts "${apart[@]}" /bin/bash -c 'exec 5>&2 2>/dev/null; "$0/enter.sh" 2>&5 5>&-; exit $?' "$here" 2>&"$log" {log}>&-
}
outer=$container_PID
exec {log}>&-

# The line comes from the inside of a user namespace that has no ids yet; only a process outside may give it all of them.
if read -r init <&"${container[0]}"; then
	echo '0 0 4294967295' >"/proc/$init/uid_map" &&
		echo '0 0 4294967295' >"/proc/$init/gid_map" &&
		# no user namespaces within, as on Fargate
		nsenter --target "$init" --user --preserve-credentials /bin/bash -c 'echo 0 >/proc/sys/user/max_user_namespaces' &&
		identity "$init" >init.next && mv init.next init &&
		echo go >&"${container[1]}"
fi

wait "$outer"
code=$?
# when only the process in between was killed
if [ -e init ] && [ "$(identity "$init")" = "$(cat init)" ]; then kill -KILL "$init"; fi
# its last words before its end
wait "$logger"
echo $code >exit.next && mv exit.next exit
