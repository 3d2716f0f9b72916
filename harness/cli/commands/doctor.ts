/**
 * `harness doctor`: can this machine run an experiment, and on which devices? A failed check is exit 3 before anything
 * was started; a device that is not there is none.
 */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  chooseDevice,
  describeDevices,
  readSpeedRecord,
  type ChosenDevice,
  type DeviceDescription,
} from '../../engine/index.ts';
import { torchTools, type TorchDescription } from '../../backends/index.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder, dataMirror } from '../folders.ts';
import { UserError } from '../../spec/user-error.ts';
import { wrap, type TableColumn } from '../../text/index.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const refusedExitCode = 3;
const minimumNode = [20, 19] as const;
/** Packages with a binary of their own: these are what an install goes wrong on. */
const nativePackages = ['@duckdb/node-api', 'onnxruntime-node', '@resvg/resvg-js'] as const;

export interface DoctorFlags {
  readonly results?: string;
  readonly install?: 'tfjs' | 'tfjs-gpu' | 'torch';
  readonly wheel?: string;
  readonly wheels?: readonly string[];
  readonly index?: string;
  readonly lock?: string;
  readonly torch?: 'auto' | 'cpu' | 'cuda';
  readonly python: string;
  readonly measure: boolean;
  readonly json: boolean;
}

export async function doctor(context: CliContext, flags: DoctorFlags): Promise<void> {
  refuseUseless(flags);
  const { install, wheel = null, wheels = [], index = null, lock = null, torch = 'auto', python, json } = flags;
  if (install === undefined) return await report(context, flags);
  // Loaded only where it is asked for.
  const { installDevice, installTorchHere } = await import('./doctor-install.ts');
  if (install !== 'torch') return await installDevice(context, { install, wheel, python, json });
  await installTorchHere(context, { torch, wheels, index, lock, python, json });
}

/** What an install goes by, by the installs that read it. */
const readBy = {
  wheel: ['tfjs', 'tfjs-gpu'],
  wheels: ['torch'],
  index: ['torch'],
  lock: ['torch'],
  torch: ['torch'],
} as const;

/** @throws UserError (2) for a flag that nothing would read. */
function refuseUseless(flags: DoctorFlags): void {
  for (const [name, installs] of Object.entries(readBy)) {
    const given = flags[name as keyof typeof readBy];
    const isGiven = given !== undefined && given.length > 0;
    if (!isGiven || (installs as readonly (string | undefined)[]).includes(flags.install)) continue;
    throw new UserError(`--${name} says what to install from, and nothing that reads it is installed`, {
      exitCode: 2,
      hint: `Add ${installs.map((one) => `--install ${one}`).join(' or ')}.`,
    });
  }
  if ((flags.wheels?.length ?? 0) > 0 && flags.index !== undefined)
    throw new UserError('--wheels and --index are two places to install from', {
      exitCode: 2,
      hint: 'Leave one of them out.',
    });
}

async function report(context: CliContext, flags: DoctorFlags): Promise<void> {
  const { env } = context.host;
  const packages = await Promise.all(nativePackages.map(checkPackage));
  const mirror = dataMirror(env);
  const checks: readonly Check[] = [
    checkNode(),
    ...packages,
    checkFolder('results folder', context.resultsFolder(flags.results)),
    checkFolder('cache folder', cacheFolder(env)),
    ...(mirror === null ? [] : [{ name: 'data mirror', ok: existsSync(mirror), detail: mirror }]),
    { name: 'processor', ok: true, detail: `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown model'}` },
    { name: 'memory', ok: true, detail: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free` },
  ];
  const isFit = checks.every(({ ok }) => ok);
  if (!isFit) context.exitWith(refusedExitCode);
  if (flags.measure) await (await import('../measure-speeds.ts')).measureSpeeds(context);
  const devices = await describeDevices();
  const speeds = readSpeedRecord(cacheFolder(env));
  const automatic = await chooseDevice('auto', speeds);
  const torch = await (await torchTools()).describeTorch(process.cwd(), env);
  if (flags.json) return context.printJson({ ok: isFit, checks, devices, auto: automatic, speeds, torch });
  context.printTable(
    ['check', yesOrNo('ok'), { name: 'found', isImportant: true }],
    checks.map(({ name, ok, detail }) => [name, ok ? 'yes' : 'NO', detail]),
  );
  context.print('');
  printDevices(context, devices, automatic);
  context.print(['', ...torchLines(torch, context.width ?? Infinity)].join('\n'));
}

/** Whether the backend torch can be used, and how it can where it cannot. */
function torchLines({ available, detail, python }: TorchDescription, width: number): readonly string[] {
  const said = wrap(`execution.backend: torch ${available ? 'has' : 'cannot be used:'} ${detail}`, width, '  ');
  if (available) return said;
  const enable =
    python.from === 'named'
      ? 'HARNESS_TORCH_PYTHON must name a Python that has these packages'
      : '`harness doctor --install torch` makes an environment for it';
  return [...said, ...wrap(`  ${enable}`, width, '    ')];
}

function printDevices(context: CliContext, devices: readonly DeviceDescription[], automatic: ChosenDevice): void {
  context.printTable(
    ['device', yesOrNo('here'), { name: 'found', isImportant: true }],
    devices.map(({ device, available, detail }) => [device, available ? 'yes' : 'no', detail]),
  );
  const takes = `execution.device: auto takes ${automatic.device} (${basisOf(automatic)})`;
  context.print(['', takes, ...howToHaveMore(devices, context.width ?? Infinity)].join('\n'));
}

function howToHaveMore(devices: readonly DeviceDescription[], width: number): readonly string[] {
  const more = devices.flatMap(({ device, enable }) =>
    enable === null ? [] : wrap(`  ${device}: ${enable}`, width, '    '),
  );
  return more.length === 0 ? [] : ['', 'to have more:', ...more];
}

/** What `auto` rests on; the order of devices that nobody measured is a guess. */
function basisOf({ reason, isMeasured }: ChosenDevice): string {
  return isMeasured ? reason : 'a guess, since nothing was measured here as it is now ("harness doctor --measure")';
}

const yesOrNo = (name: string): TableColumn => ({
  name,
  style: (text) => ({ yes: 'green' as const, NO: 'red' as const })[text] ?? null,
});

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1]);
  return { name: 'node', ok, detail: `${process.version}${ok ? '' : `, needs >= ${minimumNode.join('.')}`}` };
}

/** Loads it: a package can be installed and its binary still not fit this machine. */
async function checkPackage(name: string): Promise<Check> {
  try {
    await import(name);
    return { name, ok: true, detail: installedVersion(name) };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

function installedVersion(name: string): string {
  for (
    let folder = dirname(createRequire(import.meta.url).resolve(name));
    folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    const file = `${folder}/package.json`;
    if (!existsSync(file)) continue;
    const { name: found, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (found === name) return version ?? 'unknown version';
  }
  return 'unknown version';
}

/** Writable itself, or, where it is not there yet, its nearest parent. */
function checkFolder(name: string, folder: string): Check {
  let place = resolve(folder);
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    const { bavail, bsize } = statfsSync(place);
    return { name, ok: true, detail: `${folder}, ${gigabytes(bavail * bsize)} free` };
  } catch {
    return { name, ok: false, detail: `${place} cannot be written to` };
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
