#!/usr/bin/env bash
# One archive for a machine with a graphics card, no network and no Node.js: the built harness with the packages that it
# needs there, this Node.js, ONNX Runtime for linux-x64, the loaders that NVIDIA's driver wants, and pairs to train on.
#   .gpu/pack.sh OUT.tar.xz [--no-build]
# There: tar xJf OUT.tar.xz && harness-check/.gpu/check.sh --out card.json
# Fails where the archive has 60 MB or more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:?usage: .gpu/pack.sh OUT.tar.xz [--no-build]}
limit=60000000
[ "$(uname -sm)" = 'Linux x86_64' ] || { echo 'pack: the archive is for Linux on x64, and is made on one' >&2; exit 2; }
[ "${2:-}" = --no-build ] || npm run --silent build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packed=$work/harness-check
node .gpu/gather.mjs "$packed"

# The Vulkan loader, EGL and GLX, what NVIDIA's libraries link to, and the C++ library of Node.js.
packages='libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2
  libx11-6 libxext6 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0 libstdc++6 libgcc-s1 gcc-12-base'
mkdir -p "$packed/lib" "$work/debs" "$work/root"
# shellcheck disable=SC2086
if (cd "$work/debs" && apt-get download $packages) >"$work/apt.log" 2>&1; then
  for package in "$work"/debs/*.deb; do dpkg -x "$package" "$work/root"; done
  from=$work/root
else
  echo "pack: Debian cannot be reached ($(grep -m1 '^E:' "$work/apt.log")): libraries of this system are taken" >&2
  from=
fi
# Files by the names that are linked to; no development links, no others.
for name in libvulkan.so.1 libEGL.so.1 libGLdispatch.so.0 libOpenGL.so.0 libGL.so.1 libGLX.so.0 libGLESv2.so.2 \
  libX11.so.6 libXext.so.6 libxcb.so.1 libXau.so.6 libXdmcp.so.6 libbsd.so.0 libmd.so.0 libstdc++.so.6 libgcc_s.so.1; do
  file=
  for folder in "$from/usr/lib/x86_64-linux-gnu" "$from/lib/x86_64-linux-gnu"; do
    [ ! -e "$folder/$name" ] || file=$folder/$name
  done
  [ -n "$file" ] || { echo "pack: no $name: install its package, or let apt-get reach Debian" >&2; exit 4; }
  cp -L "$file" "$packed/lib/$name"
done
for package in $packages; do
  copyright=$from/usr/share/doc/$package/copyright
  [ -e "$copyright" ] || { echo "pack: no licence of $package at $copyright" >&2; exit 4; }
  mkdir -p "$packed/LICENSES"
  cp -L "$copyright" "$packed/LICENSES/$package"
done

# What was gathered works by itself: nothing of this machine is on the path.
for arguments in "bench limit --pairs $packed/pairs.jsonl" 'bench parity --device cpu --steps 1'; do
  # shellcheck disable=SC2086
  env -i PATH=/nonexistent "$packed/bin/node" "$packed/harness/cli/bin.mjs" $arguments >"$work/run.log" 2>&1 ||
    { echo "pack: the packed harness does not run: $(grep -m1 '^harness:' "$work/run.log")" >&2; exit 4; }
done

mkdir -p "$(dirname "$out")"
# Sorted, without owners and times: the same inputs give the same archive. The x86 filter takes 5 % off.
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - harness-check |
  xz --x86 --lzma2=preset=9e,dict=128MiB -T1 >"$out.part"
size=$(stat -c %s "$out.part")
echo "$out: $(awk "BEGIN { printf \"%.1f\", $size / 1e6 }") MB, unpacked $(du -sm "$packed" | cut -f1) MB"
if [ "$size" -ge $limit ]; then
  rm "$out.part"
  echo "pack: $size bytes are not under $limit" >&2
  exit 1
fi
mv "$out.part" "$out"
