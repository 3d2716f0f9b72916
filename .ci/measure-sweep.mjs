// Wall time, peak memory and overhead of the smoke experiment: what README and docs/benchmarks.md quote. Linux only: it
// reads /proc.
//   node .ci/measure-sweep.mjs [spec]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const spec = process.argv[2] ?? 'experiments/smoke.yaml';
const bin = path.resolve(import.meta.dirname, '../harness/cli/bin.mjs');
const results = mkdtempSync(path.join(tmpdir(), 'harness-measure-'));
const sweep = [
  'sweep',
  spec,
  '--json',
  '--quiet',
  '--results',
  path.join(results, 'store'),
  '--reports',
  path.join(results, 'reports'),
];

/** Bytes that a process tree holds: proportional set size, so that shared pages count once. */
function treeMemory(root) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(
        Number(pid),
        Number(
          readFileSync(`/proc/${pid}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[1],
        ),
      );
    } catch {
      /* it ended meanwhile */
    }
  }
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  let bytes = 0;
  for (const pid of tree) {
    try {
      bytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
      /* it ended meanwhile */
    }
  }
  return bytes;
}

const timed = async (argv) => {
  const started = performance.now();
  const child = spawn(process.execPath, [bin, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  let peakBytes = 0;
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, treeMemory(child.pid))), 100);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  return { seconds: (performance.now() - started) / 1000, peakMB: peakBytes / 1e6, code, stdout };
};

const first = await timed(sweep);
const second = await timed(sweep);
const helps = [];
for (let i = 0; i < 5; i++) helps.push((await timed(['--help'])).seconds * 1000);
const rows = JSON.parse(
  execFileSync(
    process.execPath,
    [
      bin,
      'sql',
      'select sum(duration_ms) as ms, count(*) as runs from runs',
      '--json',
      '--results',
      path.join(results, 'store'),
    ],
    { encoding: 'utf8' },
  ),
).rows;
console.log(
  JSON.stringify(
    {
      spec,
      exitCodes: [first.code, second.code],
      sweepSeconds: Number(first.seconds.toFixed(1)),
      peakMB: Math.round(first.peakMB),
      finishedSweepSeconds: Number(second.seconds.toFixed(2)),
      helpMsMedian: Math.round(helps.toSorted((a, b) => a - b)[2]),
      stages: rows[0].runs,
      stageSeconds: rows[0].ms / 1000,
    },
    null,
    1,
  ),
);
rmSync(results, { recursive: true, force: true });
