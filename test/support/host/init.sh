#!/bin/bash
# PID 1 of a test host: makes the overlay of / its root, says "ready", and ends, and with it all of the host, once its input is closed.
# Arguments: FOLDER HOSTNAME HIDDEN [tmpfs PATH | bind SOURCE PATH]...
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu
folder=$1 name=$2 hidden=$3
shift 3

cd "$folder"
echo "$name" > /proc/sys/kernel/hostname
mount -t overlay standin -o lowerdir=/,upperdir=upper,workdir=work merged
cd merged

mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
for node in null zero full random urandom tty; do
  : > "dev/$node"
  mount --bind "/dev/$node" "dev/$node"
done
mount -t devpts -o newinstance,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o mode=755 run run
mkdir run/lock

# Every boot of a real machine has an id of its own.
cat /proc/sys/kernel/random/uuid > dev/.boot_id
mount --bind dev/.boot_id proc/sys/kernel/random/boot_id

# The checkout that the tests run from must not be found by accident.
mkdir -p "./$hidden"
mount -t tmpfs -o mode=755,size=64k hidden "./$hidden"

while [ $# -gt 0 ]; do
  case $1 in
    tmpfs) mkdir -p "./$2" && mount -t tmpfs -o mode=755 tmpfs "./$2" && shift 2 ;;
    bind)
      if [ -d "$2" ]; then mkdir -p "./$3"; else mkdir -p "./${3%/*}" && : >> "./$3"; fi
      mount --bind "$2" "./$3" && mount -o remount,bind,ro "./$3" && shift 3 ;;
    *) echo "unknown mount $1" >&2 && exit 2 ;;
  esac
done

ip link set lo up
pivot_root . .
umount -l .
cd /
exec /bin/bash -c 'echo ready; while read -r _; do :; done'
