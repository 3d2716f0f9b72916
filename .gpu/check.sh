#!/usr/bin/env bash
# The one check on a graphics card: what each device of this machine computes, and how fast. No network, no Node.js is
# needed beside the archive of .gpu/pack.sh; in a built checkout the node on the PATH runs it.
#   .gpu/check.sh [--out FILE.json] [--limit SECONDS] [--software] [--python COMMAND]
#     --out       where the numbers go, rewritten after every part (card-check.json)
#     --limit     seconds for all parts together (460: under 8 minutes; 1,200 with --software)
#     --software  what a processor and a software Vulkan driver can do, at the small size: not speed
#     --python    the Python that has torch (python3)
# Exit: 0 all parts done or not possible here, 1 a part failed or ran out of time, 2 usage, 3 no card that can be used.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
node=$here/../bin/node
if [ -x "$node" ]; then
  # The packed Node.js needs the C++ library; where the system has none, the packed one serves.
  if ! "$node" --version >/dev/null 2>&1; then
    export LD_LIBRARY_PATH="$here/../lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    "$node" --version >/dev/null ||
      { echo 'check: the packed Node.js does not run here (glibc 2.28 or newer)' >&2; exit 3; }
  fi
else
  node=$(command -v node) ||
    { echo 'check: no Node.js: unpack the archive of .gpu/pack.sh, or install one' >&2; exit 3; }
  [ -e "$here/../dist/cli/main.js" ] || { echo 'check: not built yet: npm run build' >&2; exit 3; }
fi
exec "$node" "$here/check.mjs" "$@"
