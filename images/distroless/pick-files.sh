#!/bin/sh
# Lays out a root file system from what some Debian packages hold, less their programs and manuals.
# Usage: pick-files.sh TARGET PACKAGE...
set -eu
target=$1
shift

mkdir -p "$target/etc/ssl/certs" "$target/home/nonroot" "$target/root" "$target/tmp" \
  "$target/usr/bin" "$target/usr/lib" "$target/usr/lib64" "$target/usr/sbin" "$target/var/lib/dpkg/status.d"
for directory in bin lib lib64 sbin; do ln -s "usr/$directory" "$target/$directory"; done

for package in "$@"; do
  # Scanners read from status.d which packages an image without dpkg is made of.
  dpkg --status "$package" > "$target/var/lib/dpkg/status.d/$package"
  dpkg --listfiles "$package" \
    | grep -Ev '^(/usr)?/s?bin/|^/etc/(ca-certificates|update-motd)|^/usr/share/(base-files|bug|ca-certificates|gcc)|/gconv/' \
    | while read -r file; do
        if [ -L "$file" ] || [ -f "$file" ]; then echo "${file#/}"; fi
      done > /tmp/files
  tar --create --directory=/ --files-from=/tmp/files | tar --extract --directory="$target"
done
cp /etc/ssl/certs/ca-certificates.crt "$target/etc/ssl/certs/"

cat > "$target/etc/passwd" <<'USERS'
root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
USERS
printf 'root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n' > "$target/etc/group"
printf 'hosts: files dns\n' > "$target/etc/nsswitch.conf"
chmod 1777 "$target/tmp"
chmod 700 "$target/root"
chown 65532:65532 "$target/home/nonroot"
