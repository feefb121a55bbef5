#!/bin/bash
# Process 1 of a container, first half: still the host's root, in mount, PID, IPC and UTS namespaces of its own. Builds the container's root
# in the container's folder (the working directory), goes there for good, gives up the host's rights, and becomes the container's command.
set -eu
umask 022
# the host's /proc: our number outside
read -r init _ </proc/self/stat

mapfile -d '' -t command <command
mapfile -d '' -t binds <binds
mapfile -d '' -t settings <settings
hostname=${settings[0]} workdir=${settings[1]} base=${settings[2]} image=${settings[3]}

mapfile -d '' -t grafts <grafts

mkdir changes root
# Lays the machine's folder, with what the base says of it, under the same name into the root. Volatile: these files end with the container,
# nothing of them has to reach the disk.
overlay() {
	local own
	own=$(mktemp -d changes/XXXXXX)
	mkdir -p "root$1" "$own/upper" "$own/work"
	if [ -d "$base$1" ]; then cp -a "$base$1/." "$own/upper"; fi
	mount -t overlay -o "lowerdir=$1,upperdir=$own/upper,workdir=$own/work,volatile" overlay "root$1"
}
overlay /
for path in "${grafts[@]}"; do overlay "$path"; done
cp -a "$image/." root
cat /etc/resolv.conf >resolv.conf || :
cat /etc/hosts >hosts || :
cd root
mkdir -p -m 755 dev proc sys run home root
mkdir -p -m 1777 tmp var/tmp run/lock
chmod 700 root

mount -t tmpfs -o mode=755,nosuid,size=64k dev dev
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev,size=64m shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
# to a file's mode bits root inside is the host's root: what the kernel lets root write stays read-only
for path in proc/sys proc/sysrq-trigger proc/irq proc/bus proc/fs proc/acpi proc/scsi proc/mtrr; do
	if [ -e $path ]; then mount --bind -o ro $path $path; fi
done

for ((i = 0; i < ${#binds[@]}; i += 3)); do
	source=${binds[i]} target=.${binds[i + 1]} mode=${binds[i + 2]}
	if [ -d "$source" ]; then
		mkdir -p "$target"
	else
		mkdir -p "$(dirname "$target")"
		# never through a link, which would lead out of here
		if [ -L "$target" ]; then rm "$target"; fi
		if [ ! -e "$target" ]; then : >"$target"; fi
	fi
	mount --bind -o "$mode" "$source" "$target"
done

hostname "$hostname"
rm -f etc/hostname etc/resolv.conf etc/hosts
echo "$hostname" >etc/hostname
mv ../resolv.conf ../hosts etc
echo "127.0.1.1 $hostname" >>etc/hosts
mkdir -p ".$workdir"

pivot_root . .
umount -l .
cd "$workdir"
exec unshare --user /bin/bash -c '
	echo "$1" >&3
	read -r _ <&4 || exit 125
	exec 3>&- 4<&-
	shift
	exec setpriv --bounding-set=-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps=-all "$@"
' become "$init" "${command[@]}" 3>&1 4<&0 </dev/null >&2
