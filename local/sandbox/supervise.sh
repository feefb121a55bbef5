#!/bin/bash
# One per task, in a session of its own, so that the task outlives the stack: makes the namespaces, waits, leaves the exit code.
#   supervise.sh <task's folder>
# Reads there what `container.ts` wrote; writes `supervisor` and `init` (process ids with their start times, see process.ts), `output` and `exit`.
set -u
cd "$1" || exit 1
here=$(dirname "$0")

# pid and start time of a process: together they name one process for ever, a pid alone doesn't
identity() {
	local stat
	read -r stat <"/proc/$1/stat" || return 1
	stat=(${stat##*) })
	echo "$1 ${stat[19]}"
}

identity $$ >supervisor.next && mv supervisor.next supervisor

coproc container {
	exec unshare --mount --pid --ipc --uts --fork --kill-child "$here/enter.sh" 2> >(head -c 65536 >output; exec cat >/dev/null)
}
outer=$container_PID

# The first line comes from the inside of a user namespace that has no ids yet; only a process outside may give it all of them.
if read -r init <&"${container[0]}"; then
	echo '0 0 4294967295' >"/proc/$init/uid_map"
	echo '0 0 4294967295' >"/proc/$init/gid_map"
	# no namespaces within: as on Fargate
	nsenter --target "$init" --user --preserve-credentials bash -c 'echo 0 >/proc/sys/user/max_user_namespaces'
	identity "$init" >init.next && mv init.next init
	echo go >&"${container[1]}"
fi

wait "$outer"
echo $? >exit.next && mv exit.next exit
