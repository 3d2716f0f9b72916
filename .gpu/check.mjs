// Runs the parts of the check one after another and writes what is known after each of them. See check.sh.
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isOnCard, planOfParts } from './parts.mjs';
import { runPart } from './run-part.mjs';
import { surroundings } from './surroundings.mjs';

const root = path.resolve(import.meta.dirname, '..');
const options = parsedOptions();
const folder = mkdtempSync(path.join(tmpdir(), 'harness-check-'));
const environment = surroundings(root, folder);
const started = performance.now();
const report = {
  schemaVersion: 1,
  startedAt: new Date().toISOString(),
  isSoftware: options.isSoftware,
  limitSeconds: options.limit,
  machine: {
    processor: cpus()[0]?.model ?? null,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    nodePath: process.execPath,
    ...environment.told,
  },
  isComplete: false,
  parts: [],
};
const stop = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => {
    process.exitCode = code;
    stop.abort();
  });

try {
  await runAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runAll() {
  const context = { root, folder, pairs: await pairsFile(), known: {}, ...options };
  for (const part of planOfParts(context)) {
    if (stop.signal.aborted) break;
    const done = await oneOf(part, context);
    report.parts.push(done);
    save();
    print(done);
  }
  report.isComplete = !stop.signal.aborted;
  report.seconds = rounded((performance.now() - started) / 1000);
  save();
  const failed = report.parts.filter(({ status }) => status === 'failed' || status === 'out of time');
  console.log(`${report.parts.length} parts in ${report.seconds} s, ${failed.length} failed; numbers: ${options.out}`);
  if (failed.length > 0) process.exitCode ??= 1;
  else if (!report.parts.some(isOnCard)) {
    console.error('check: nothing here computes on a card; the reasons stand above');
    process.exitCode ??= 3;
  }
}

/** A part says itself where it cannot run here: `skip` is the reason. */
async function oneOf(part, context) {
  const left = options.limit - (performance.now() - started) / 1000;
  const skip = part.skip?.(context) ?? null;
  if (skip !== null) return { name: part.name, status: 'skipped', reason: skip };
  if (left < 1) return { name: part.name, status: 'skipped', reason: `no time left of ${options.limit} s` };
  const limitSeconds = Math.min(part.limitSeconds, left);
  const done = await runPart(part.command(context), {
    limitSeconds,
    env: environment.env,
    cwd: folder,
    signal: stop.signal,
  });
  part.learn?.(done, context);
  return { name: part.name, ...done };
}

/** Never half written: a reader finds the last whole state. */
function save() {
  writeFileSync(`${options.out}.part`, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(`${options.out}.part`, options.out);
}

function print({ name, status, seconds, reason, told }) {
  const time = seconds === undefined ? '' : `${seconds} s`;
  console.log([name.padEnd(28), status.padEnd(12), time.padEnd(9), reason ?? told ?? ''].join(' ').trimEnd());
}

/** Packed with the archive; a checkout makes the same file. */
async function pairsFile() {
  const packed = path.join(root, 'pairs.jsonl');
  if (existsSync(packed)) return packed;
  const { cardPairs, seededTokenPairs, tokenPairLines } = await import('../dist/bench/seeded-token-pairs.js');
  const made = path.join(folder, 'pairs.jsonl');
  writeFileSync(made, tokenPairLines(seededTokenPairs(cardPairs)));
  return made;
}

function parsedOptions() {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: 'string', default: 'card-check.json' },
        limit: { type: 'string' },
        software: { type: 'boolean', default: false },
        python: { type: 'string', default: 'python3' },
      },
    });
    const limit = Number(values.limit ?? (values.software ? 1200 : 460));
    if (!(limit > 0)) throw new Error(`--limit: expected seconds, not ${JSON.stringify(values.limit)}`);
    return { out: path.resolve(values.out), limit, isSoftware: values.software, python: values.python };
  } catch (error) {
    console.error(
      `check: ${error.message}\n  check.sh [--out FILE.json] [--limit SECONDS] [--software] [--python COMMAND]`,
    );
    process.exit(2);
  }
}

function rounded(seconds) {
  return Math.round(seconds * 10) / 10;
}
