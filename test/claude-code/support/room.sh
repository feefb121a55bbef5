#!/bin/bash
# Runs a command where /etc and /opt are the image's, over this machine's.
#   room.sh <rootfs> <command...>
set -euo pipefail
rootfs=$1
shift
[[ ${1-} == --apart ]] || exec unshare --mount "$0" "$rootfs" --apart "$@"
shift
mount --make-rprivate /
for folder in etc opt; do mount -t overlay overlay -o "lowerdir=$rootfs/$folder:/$folder" "/$folder"; done
exec "$@"
