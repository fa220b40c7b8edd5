#!/usr/bin/env bash
# Inside fresh mount and network namespaces: waits for its network, makes a root that holds what the image holds, all of it read-only, and
# becomes the container's process. usage: pod.sh ROOT ADDRESS GATEWAY APP DOTNET MOUNTS USER GROUPS -- COMMAND...   (environment as is)
# MOUNTS: lines "ro|rw SOURCE TARGET".
set -euo pipefail
root=$1 address=$2 gateway=$3 app=$4 dotnet=$5 mounts=$6 user=$7 groups=$8; shift 9
read -r _
ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up
ip route add default via "$gateway"

bind() { # bind ro|rw SOURCE TARGET
  if [ -d "$2" ]; then mkdir -p "$root$3"; else mkdir -p "$(dirname "$root$3")" && touch "$root$3"; fi
  mount --bind "$2" "$root$3"
  [ "$1" = rw ] || mount -o remount,bind,ro "$root$3"
}
mount --make-rprivate /
mount -t tmpfs -o mode=755 root "$root"
for directory in /usr /bin /sbin /lib /lib64; do
  if [ -L "$directory" ]; then cp -P "$directory" "$root$directory"; elif [ -d "$directory" ]; then bind ro "$directory" "$directory"; fi
done
bind ro "$app" /app
bind ro "$dotnet" /dotnet
mkdir -p "$root/etc/ssl" "$root/home/app" "$root/proc" "$root/dev" "$root/tmp"
printf 'root:x:0:0:root:/root:/sbin/nologin\napp:x:1654:1654::/home/app:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf 'multi on\n' >"$root/etc/host.conf"
cp /etc/ld.so.cache "$root/etc/"
for device in null zero random urandom; do bind rw "/dev/$device" "/dev/$device"; done
mount --rbind /proc "$root/proc"
while read -r mode source target; do
  [ -z "$mode" ] || bind "$mode" "$source" "$target"
done <<<"$mounts"
mount -o remount,ro "$root"
exec chroot "$root" /usr/bin/setpriv --reuid "$user" --regid "$user" --groups "$groups" --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
