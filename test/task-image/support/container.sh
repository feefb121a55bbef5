#!/bin/bash
# The image's last stage, laid over this machine's own system, with the entrypoint as process 1 of its own namespaces; what it changes ends with it.
#   container.sh <folder> <repository> <name=value...>     the folder holds `home` and gets the rest
set -euo pipefail
folder=$1 repository=$2
shift 2
mount --make-rprivate /
mkdir -p "$folder"/{changes,work,root}
root=$folder/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/changes,workdir=$folder/work" "$root"
cp -r "$repository/task-image/rootfs/." "$root"
for part in protocol node_modules task-image/agent; do
	mkdir -p "$root/opt/shellpod/$part"
	mount --bind "$repository/$part" "$root/opt/shellpod/$part"
done
mkdir -p "$root/home/dev" "$root/tmp" "$root/run"
mount --bind "$folder/home" "$root/home/dev"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
cp -a /dev/{null,zero,full,random,urandom,tty} "$root/dev"
mkdir "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
chmod 1777 "$root/tmp"
cd "$root"
pivot_root . .
umount -l .
cd /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@" /opt/shellpod/bin/entrypoint
