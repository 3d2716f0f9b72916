// What is checked, in the order of what one would miss most if time ran out. Each part is a program of its own; what a
// part learns of the machine lies in `context.known` for the parts behind it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const sizes = ['5m', '30m', '125m'];
/** Seconds of a part at each size, on a card. */
const stepLimits = { '5m': 40, '30m': 60, '125m': 110 };
/** How much longer a part may take where the processor emulates a card. */
const softwareFactor = 6;
/** 134 M parameters take seconds to initialize and save. */
const steps = { '5m': 8, '30m': 8, '125m': 4 };

export function planOfParts({ isSoftware }) {
  const parts = partsOf(isSoftware);
  if (!isSoftware) return parts;
  return parts.map((part) => ({ ...part, limitSeconds: softwareFactor * part.limitSeconds }));
}

/** Whether a part is one that computed on a card, or on what stands in for one. */
export function isOnCard({ name, status }) {
  return status === 'done' && /^(parity|webgpu|cuda|tfjs|torch) \w/.test(name);
}

function partsOf(isSoftware) {
  const walked = isSoftware ? ['5m'] : sizes;
  return [
    doctor(),
    torch(),
    limit(),
    ...['webgpu', 'cuda'].map(parity),
    ...walked.flatMap((size) => [pmp('webgpu', size), weights(size), peer('eager', size)]),
    ...walked.map((size) => peer('compile', size)),
    ...walked.map((size) => pmp('cuda', size)),
    installTfjs(),
    tfjsFound(),
    parity('tfjs'),
    ...walked.map((size) => pmp('tfjs', size)),
    ...walked.map((size) => peer('strongest', size)),
    measured(),
  ];
}

/** Exit 3 only says that DuckDB and the drawing library are not packed: the devices are told all the same. */
function doctor() {
  return {
    name: 'doctor',
    limitSeconds: 60,
    command: (context) => harness(context, ['doctor', '--json']),
    learn: (done, { known }) => {
      known.devices = done.result?.devices ?? [];
      const lacking = (done.result?.checks ?? []).filter(({ ok }) => !ok).map(({ name }) => name);
      if (done.result === null || done.exitCode !== 3) return;
      done.status = 'done';
      delete done.reason;
      done.told = `not here, and not needed: ${lacking.join(', ')}`;
    },
  };
}

function torch() {
  const script =
    'import json, torch; cuda = torch.cuda.is_available(); print(json.dumps(dict(version=torch.__version__, ' +
    'cuda=cuda, card=torch.cuda.get_device_name(0) if cuda else None)))';
  return {
    name: 'torch',
    limitSeconds: 60,
    command: ({ python }) => ({ file: python, args: ['-c', script] }),
    learn: (done, { known }) => {
      known.torch = done.status === 'done' ? done.result : null;
      if (known.torch === null) Object.assign(done, { status: 'skipped', reason: `no torch: ${done.reason}` });
    },
  };
}

function limit() {
  return {
    name: 'limit of an H100',
    limitSeconds: 60,
    command: (context) => harness(context, ['bench', 'limit', '--pairs', context.pairs, '--json']),
    learn: (done) => {
      const told = (done.result?.limits ?? []).map(({ size, flops, operationBytes, unfusedMs, fusedMs }) =>
        [
          `${size}: ${(flops / 1e9).toFixed(0)} GFLOP, ${(operationBytes / 1e9).toFixed(2)} GB`,
          `${unfusedMs.toFixed(2)} ms unfused, ${fusedMs.toFixed(2)} ms fused`,
        ].join(', '),
      );
      done.told = told.join('; ');
    },
  };
}

function parity(device) {
  return {
    name: `parity ${device}`,
    limitSeconds: 300,
    skip: (context) => unavailable(device, context),
    command: (context) => harness(context, ['bench', 'parity', '--device', device, '--steps', '20', '--json']),
    learn: (done) => {
      const differences = (done.result?.families ?? []).map(({ lossDifference }) => lossDifference ?? Infinity);
      if (differences.length === 0) return;
      const most = Math.max(...differences).toExponential(1);
      done.told = `${differences.length} families, losses differ by ${most} at most`;
      if (done.status === 'failed') done.reason = `${done.told}; see the report for each`;
    },
  };
}

function pmp(device, size) {
  return {
    name: `${device} ${size}`,
    limitSeconds: stepLimits[size],
    skip: (context) => unavailable(device, context),
    command: (context) => {
      const flags = ['--size', size, '--device', device, '--threads', threads(), '--json'];
      return harness(context, ['bench', 'pmp', ...batchFlags(context), ...stepFlags(context, size), ...flags]);
    },
    learn: (done, { known }) => {
      if (done.result === null) return;
      known[`losses ${size}`] ??= done.result.losses;
      done.told = speedOf(done);
    },
  };
}

function weights(size) {
  return {
    name: `weights ${size}`,
    limitSeconds: 60,
    skip: noTorch,
    command: ({ folder, root }) => {
      const to = path.join(folder, `weights-${size}`);
      mkdirSync(to);
      return { file: process.execPath, args: [path.join(root, '.gpu', 'weights.mjs'), size, to] };
    },
  };
}

/** peer.py itself and not `bench peer`, which takes our step again in every comparison: minutes at 125 M. */
const setUps = {
  eager: { needs: [], flags: [] },
  compile: { needs: ['--compile'], flags: ['--compile'] },
  strongest: { needs: ['--set-up'], flags: ['--set-up', 'sorted', '--rows-per-micro-batch', '32'] },
};

function peer(setUp, size) {
  const { needs, flags } = setUps[setUp];
  return {
    name: `torch ${setUp} ${size}`,
    limitSeconds: stepLimits[size] + (setUp === 'compile' ? 40 : 0),
    skip: (context) => noPeer(context, size, needs),
    command: (context) => {
      const { python, folder, known } = context;
      const device = known.torch.cuda ? 'cuda' : 'cpu';
      const values = ['--weights', path.join(folder, `weights-${size}`), '--threads', threads(), '--device', device];
      const args = [...values, ...batchFlags(context), ...stepFlags(context, size), '--profile', ...flags];
      return { file: python, args: [peerScript(context), ...args] };
    },
    learn: (done, { known }) => {
      if (done.result === null) return;
      const ours = known[`losses ${size}`] ?? null;
      done.lossDifference = ours === null ? null : largestDifference(ours, done.result.losses);
      const beside = ours === null ? '' : `, losses differ from ours by ${done.lossDifference.toExponential(1)}`;
      done.told = `${speedOf(done)}${beside}`;
    },
  };
}

function noTorch({ known, isSoftware }) {
  if (known.torch === null) return 'no torch';
  return known.torch.cuda || isSoftware ? null : 'torch sees no card';
}

function noPeer(context, size, needs) {
  const reason = noTorch(context);
  if (reason !== null) return reason;
  if (!existsSync(path.join(context.folder, `weights-${size}`, 'model.safetensors'))) return 'no weights';
  const lacking = needs.filter((flag) => !scriptOf(context).includes(flag));
  return lacking.length === 0 ? null : `this peer.py has no ${lacking.join(', ')}`;
}

const scriptOf = (context) => readFileSync(peerScript(context), 'utf8');
const peerScript = ({ root }) => path.join(root, 'harness/bench/peer-pytorch/peer.py');

function installTfjs() {
  return {
    name: 'install tfjs-gpu',
    limitSeconds: 90,
    skip: (context) =>
      knowsInstall(context) ? null : 'not installed: this build of the harness has no "doctor --install"',
    command: (context) => {
      const name = context.isSoftware ? 'tfjs' : 'tfjs-gpu';
      return harness(context, ['doctor', '--install', name, '--python', context.python, '--json']);
    },
    learn: (done, { known }) => {
      known.tfjsInstalled = done.status === 'done';
      if (!known.tfjsInstalled) Object.assign(done, { status: 'skipped', reason: `not installed: ${done.reason}` });
    },
  };
}

function knowsInstall(context) {
  const { file, args } = harness(context, ['doctor', '--help']);
  return spawnSync(file, args, { encoding: 'utf8' }).stdout.includes('--install');
}

/** What tfjs computes with, now that it may be installed. */
function tfjsFound() {
  const again = doctor();
  return {
    ...again,
    name: 'doctor again',
    skip: ({ known }) => (known.tfjsInstalled ? null : 'nothing was installed'),
  };
}

function measured() {
  return {
    name: 'auto',
    limitSeconds: 120,
    command: (context) => harness(context, ['doctor', '--measure', '--json']),
    learn: (done) => {
      if (done.result === null) return;
      if (done.exitCode === 3) done.status = 'done';
      if (done.status === 'done') delete done.reason;
      done.told = `takes ${done.result.auto.device} (${done.result.auto.reason})`;
    },
  };
}

/** Why a device is not measured; null where it is. An emulation on the processor only shows that it works. */
function unavailable(device, { known, isSoftware }) {
  const found = known.devices?.find((each) => each.device === device);
  if (found === undefined) return 'doctor did not tell of it';
  if (!found.available) return `not available: ${found.detail}`;
  const isEmulated = /\(software: |backend (wasm|cpu)/.test(found.detail);
  return isEmulated && !isSoftware ? `runs on the processor: ${found.detail}` : null;
}

function harness({ root }, args) {
  return { file: process.execPath, args: [path.join(root, 'harness/cli/bin.mjs'), ...args] };
}

/** A software driver takes seconds for what a card does in milliseconds. */
const batchFlags = ({ pairs, isSoftware }) => ['--pairs', pairs, '--pairs-per-step', isSoftware ? '2' : '16'];
const stepFlags = ({ isSoftware }, size) => ['--steps', isSoftware ? '1' : String(steps[size])];
const threads = () => String(availableParallelism());

function speedOf({ result, hostPeakBytes, devicePeakBytes }) {
  const { tokensPerSecond, stepMsMedian, gemmShare } = result;
  const gigabytes = (bytes) => (bytes === null ? 'unknown' : `${(bytes / 1e9).toFixed(2)} GB`);
  const share = gemmShare === null ? '' : `, ${(100 * gemmShare).toFixed(0)} % in products`;
  const memory = `${gigabytes(hostPeakBytes)} host, ${gigabytes(devicePeakBytes)} card`;
  return `${tokensPerSecond.toFixed(0)} tokens/s, ${stepMsMedian.toFixed(1)} ms a step, ${memory}${share}`;
}

function largestDifference(ours, theirs) {
  const differences = theirs.flatMap((losses, step) => losses.map((loss, part) => Math.abs(loss - ours[step]?.[part])));
  return Math.max(...differences);
}
