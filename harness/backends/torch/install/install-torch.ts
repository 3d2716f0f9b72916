/**
 * Makes an environment for the backend torch in the cache:
 *
 *     ask Python -> read the lock -> environment and packages, digests checked -> load torch
 *       -> a tiny training run beside our own engine -> describe it -> rename into place -> make it the current one
 *
 * All of it happens in a staging folder beside the final one, so an environment is either whole or absent.
 */
import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { stageIn } from '../../../engine/index.ts';
import { UserError } from '../../../spec/index.ts';
import { pythonIn } from '../find-python.ts';
import { compareWithNative, mostDifference, type Difference } from './compare-with-native.ts';
import {
  environmentFolder,
  makeCurrent,
  placeEnvironment,
  readEnvironment,
  type EnvironmentDescription,
  type TorchEnvironment,
} from './environments.ts';
import { askInterpreter, type Interpreter } from './interpreter.ts';
import { ownLock, readLock, requireCovered, type Lock, type TorchBuild } from './lock.ts';
import { installPackages, type Packages } from './packages.ts';
import { lacking, neededPackages, probePython, type FoundPackages } from './probe.ts';

export interface TorchInstall extends Pick<Packages, 'wheels' | 'index' | 'env' | 'note'> {
  /** `auto`: for NVIDIA's cards where their driver is here. */
  readonly build: TorchBuild | 'auto';
  /** Environments lie here. */
  readonly folder: string;
  readonly python: string;
  /** A lock in place of ours: for other machines, Pythons or builds. */
  readonly lockFile: string | null;
  /** With pyproject.toml and the locks; other than ours only to test without them. */
  readonly packageFolder: string;
  /** Other than ours only to test without torch. */
  readonly compare?: (python: string, folder: string) => Promise<Difference>;
}

export interface InstalledTorch {
  readonly environment: TorchEnvironment;
  /** It was there before. */
  readonly wasThere: boolean;
}

/** Room that an environment needs while it is made, in GB: measured for cpu, from the sizes of wheels for cuda. */
const neededGigabytes: Readonly<Record<TorchBuild, number>> = { cpu: 2.5, cuda: 12 };

/** @throws UserError (3) with what to do; whatever was begun is removed. */
export async function installTorch(given: TorchInstall): Promise<InstalledTorch> {
  const build = given.build === 'auto' ? buildForHere() : given.build;
  const lock = given.lockFile === null ? ownLock(given.packageFolder, build) : readLock(given.lockFile);
  try {
    mkdirSync(given.folder, { recursive: true });
    return await installLocked({ ...given, build, lock });
  } catch (error) {
    throw readable(error, given.folder);
  }
}

async function installLocked(given: Omit<Making, 'interpreter'>): Promise<InstalledTorch> {
  const { build, lock, folder } = given;
  const interpreter = await askInterpreter(given.python, folder, given.env);
  requireCovered(lock, build, interpreter);
  const target = environmentFolder(folder, { build, lock: lock.digest, python: interpreter.version });
  const present = readEnvironment(target);
  const environment = present ?? (await makeIn(target, { ...given, interpreter }));
  makeCurrent(folder, target);
  return { environment, wasThere: present !== null };
}

function buildForHere(): TorchBuild {
  return existsSync('/proc/driver/nvidia/version') ? 'cuda' : 'cpu';
}

interface Making extends TorchInstall {
  readonly build: TorchBuild;
  readonly lock: Lock;
  readonly interpreter: Interpreter;
}

async function makeIn(target: string, making: Making): Promise<TorchEnvironment> {
  requireRoom(making.folder, making.build);
  const staging = stageIn(making.folder);
  try {
    await installPackages(staging, making);
    const found = await loaded(staging, making);
    await tryOut(staging, making);
    const description = describe(making, found);
    placeEnvironment(staging, target, description);
    return { ...description, folder: target };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function requireRoom(folder: string, build: TorchBuild): void {
  const { bavail, bsize } = statfsSync(folder);
  const [free, needed] = [(bavail * bsize) / 1e9, neededGigabytes[build]];
  if (free >= needed) return;
  throw new UserError(`${folder}: ${free.toFixed(1)} GB are free, and torch for ${build} needs ${needed} GB`, {
    exitCode: 3,
    hint: 'Make room there, or set HARNESS_CACHE to another folder.',
  });
}

const another =
  'Take another build with --torch, or a Python that has a working torch in HARNESS_TORCH_PYTHON. Nothing was kept.';

/** @throws UserError (3) where torch cannot be loaded: it was built for another processor, or lacks a library. */
async function loaded(staging: string, { packageFolder, env, note }: Making): Promise<FoundPackages> {
  note('loading torch ...');
  const needed = neededPackages(packageFolder);
  const found = await probePython(pythonIn(staging), { folder: staging, env, names: [...needed.keys()] });
  if ('lines' in found) throw notLoaded(found.lines);
  if (found.problem !== null) throw notLoaded([found.problem]);
  const missing = lacking(found, needed);
  if (missing.length === 0) return found;
  throw new UserError(`the environment lacks what the backend needs: ${missing.join(', ')}`, {
    exitCode: 3,
    hint: 'The lock pins what pyproject.toml does not allow: give another one with --lock FILE.',
  });
}

function notLoaded(lines: readonly string[]): UserError {
  const said = lines.map((line) => `  ${line}`).join('\n');
  return new UserError(`torch was installed, but does not load:\n${said}`, { exitCode: 3, hint: another });
}

async function tryOut(staging: string, { compare = compareWithNative, note }: Making): Promise<void> {
  const scratch = path.join(staging, 'tried');
  mkdirSync(scratch);
  const { losses, rewards } = await compare(pythonIn(staging), scratch);
  rmSync(scratch, { recursive: true });
  const said = `they differ by losses ${losses.toExponential(1)}, rewards ${rewards.toExponential(1)}`;
  if (losses <= mostDifference.losses && rewards <= mostDifference.rewards)
    return note(`a tiny training run beside our own engine: ${said}`);
  throw new UserError(`torch was installed, but computes otherwise than our own engine: ${said}`, {
    exitCode: 3,
    hint: another,
  });
}

function describe({ build, lock, interpreter }: Making, { packages }: FoundPackages): EnvironmentDescription {
  return {
    build,
    python: interpreter.version,
    lock: lock.digest,
    torch: packages['torch'] ?? '',
    transformers: packages['transformers'] ?? '',
  };
}

/** What the file system refuses is for the person to put right. */
function readable(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EDQUOT'].includes(String(code))) return error;
  return new UserError(`${folder}: ${message}`, {
    exitCode: 3,
    hint: 'Make room there, or set HARNESS_CACHE to another folder; nothing was kept.',
    cause: error,
  });
}
