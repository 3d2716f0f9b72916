/**
 * Where a result comes from: code, packages, machine, command, time. Captured once a sweep by the conductor and written
 * beside every stage that ran in it. Environment variables are recorded from a short list only, and addresses without
 * their secrets: these files get published.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { arch, hostname, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Provenance } from '../store/index.ts';
import { withoutSecrets } from '../text/index.ts';
import { processor } from './processor.ts';

/** Variables that can change speed or place, never secrets. */
const recordedVariables = [
  'OMP_NUM_THREADS',
  'UV_THREADPOOL_SIZE',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_TF32_OVERRIDE',
  'HARNESS_RESULTS',
  'HARNESS_DATA_MIRROR',
  'SLURM_JOB_ID',
  'SLURM_ARRAY_TASK_ID',
  'CI',
];
const enginePackages = [
  'onnxruntime-node',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@duckdb/node-api',
];

const here = dirname(fileURLToPath(import.meta.url));
/** Two folders up in the sources (`harness/run`) and in the build (`dist/run`) alike. */
const packageFolder = join(here, '..', '..');

export function captureProvenance(execution: Provenance['execution']): Provenance {
  return {
    provenanceVersion: 1,
    ...captureCode(packageFolder),
    lockfileDigest: digestOfFile(join(packageFolder, 'package-lock.json')),
    packageVersion: versionOf(join(packageFolder, 'package.json')) ?? 'unknown',
    engines: Object.fromEntries(enginePackages.flatMap((name) => installedVersion(name))),
    execution,
    ...captureMachine(),
    argv: process.argv.slice(2).map(withoutSecrets),
    environment: Object.fromEntries(recordedVariables.flatMap((name) => entryOf(name, process.env[name]))),
    startedAt: new Date().toISOString(),
  };
}

function captureMachine(): Pick<Provenance, 'node' | 'platform' | 'host' | 'cpuModel' | 'cores' | 'memoryBytes'> {
  return {
    node: process.version,
    platform: `${process.platform} ${release()} ${arch()}`,
    host: hostname(),
    ...processor(),
    memoryBytes: totalmem(),
  };
}

/**
 * The state of the checkout that `folder` is the top of; a checkout around it (a parent project's) says nothing about
 * this code.
 */
export function captureCode(folder: string): Pick<Provenance, 'commit' | 'isDirty' | 'diffDigest'> {
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  const commit = git(folder, ['rev-parse', 'HEAD']);
  if (top === null || commit === null || realpathSync(top.trim()) !== realpathSync(folder))
    return { commit: null, isDirty: null, diffDigest: null };
  const status = git(folder, ['status', '--porcelain']) ?? '';
  const isDirty = status !== '';
  const diffDigest = isDirty
    ? createHash('sha256')
        .update(status)
        .update(git(folder, ['diff', 'HEAD', '--binary']) ?? '')
        .digest('hex')
    : null;
  return { commit: commit.trim(), isDirty, diffDigest };
}

/** Where this code was cloned from; null where it was not, or nobody can know. */
export function captureOrigin(): string | null {
  if (captureCode(packageFolder).commit === null) return null;
  const origin = git(packageFolder, ['remote', 'get-url', 'origin'])?.trim() ?? '';
  return origin === '' ? null : withoutSecrets(origin);
}

function git(folder: string, args: readonly string[]): string | null {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    });
  } catch {
    return null; // no git, or no checkout: said as null in the record
  }
}

function digestOfFile(file: string): string | null {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null;
}

/** Searches as Node does, from this file up: a packed package keeps ONNX Runtime in `dist/node_modules`. */
function installedVersion(name: string): readonly [string, string][] {
  for (let folder = here; ; folder = dirname(folder)) {
    const version = versionOf(join(folder, 'node_modules', name, 'package.json'));
    if (version !== null) return [[name, version]];
    if (folder === dirname(folder)) return [];
  }
}

function versionOf(packageJson: string): string | null {
  if (!existsSync(packageJson)) return null;
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version?: unknown };
  return typeof version === 'string' ? version : null;
}

const entryOf = (name: string, value: string | undefined): readonly [string, string][] =>
  value === undefined ? [] : [[name, withoutSecrets(value)]];
