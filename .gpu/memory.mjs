// Peak memory of a process and all that it started, and of the card beside what was used before.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const everyMs = 250;

/** Sampled: a peak shorter than a quarter of a second on the card may be missed; that of a process is the system's. */
export function watchMemory(pid) {
  let host = 0;
  let before = null;
  let device = null;
  let isAsking = false;
  const look = () => {
    host = Math.max(host, ...familyOf(pid).map(peakOf));
    if (isAsking) return;
    isAsking = true;
    deviceUsed((used) => {
      isAsking = false;
      before ??= used;
      if (used !== null) device = Math.max(device ?? 0, used - (before ?? 0));
    });
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return { hostPeakBytes: host || null, devicePeakBytes: device };
    },
  };
}

/** The process and its descendants. */
function familyOf(pid) {
  if (pid === undefined) return [];
  const parents = new Map(processes().map((id) => [id, parentOf(id)]));
  const family = [pid];
  for (const member of family) for (const [id, parent] of parents) if (parent === member) family.push(id);
  return family;
}

function processes() {
  try {
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? [Number(entry)] : []));
  } catch {
    return [];
  }
}

const parentOf = (pid) => Number(/^PPid:\s+(\d+)$/m.exec(statusOf(pid))?.[1] ?? 0);
/** Bytes that were resident at most, of one process. */
const peakOf = (pid) => 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(statusOf(pid))?.[1] ?? 0);

function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** Bytes in use on the first card; null without `nvidia-smi`. */
function deviceUsed(answer) {
  const args = ['--query-gpu=memory.used', '--format=csv,noheader,nounits', '--id=0'];
  execFile('nvidia-smi', args, { timeout: 5000 }, (error, stdout) => {
    const mebibytes = error ? Number.NaN : Number.parseFloat(stdout);
    answer(Number.isFinite(mebibytes) ? mebibytes * 2 ** 20 : null);
  });
}
