/** Where installed environments lie, one folder each, and which of them is used. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { currentLink, pythonIn } from '../find-python.ts';
import type { TorchBuild } from './lock.ts';

/** Written last: says what a folder holds. */
const descriptionFile = 'harness.json';

export interface EnvironmentDescription {
  readonly build: TorchBuild;
  readonly python: string;
  /** Of the lock. */
  readonly lock: string;
  readonly torch: string;
  readonly transformers: string;
}

export interface TorchEnvironment extends EnvironmentDescription {
  readonly folder: string;
}

/** One build, lock and version of Python: what differs in any of them is another environment. */
export function environmentFolder(
  folder: string,
  { build, lock, python }: Pick<EnvironmentDescription, 'build' | 'lock' | 'python'>,
): string {
  return path.join(folder, `${build}-${lock}-python${python.split('.').slice(0, 2).join('.')}`);
}

/** null where there is none, or it is not whole. */
export function readEnvironment(folder: string): TorchEnvironment | null {
  try {
    const text = readFileSync(path.join(folder, descriptionFile), 'utf8');
    // Its Python is a link that leads to nothing once the system's was removed.
    return existsSync(pythonIn(folder)) ? { ...(JSON.parse(text) as EnvironmentDescription), folder } : null;
  } catch {
    return null;
  }
}

/** Makes a staging folder the environment. Another process may have finished first: its environment is as good. */
export function placeEnvironment(staging: string, target: string, description: EnvironmentDescription): void {
  rewritePaths(path.join(staging, 'bin'), staging, target);
  writeFileSync(path.join(staging, descriptionFile), `${JSON.stringify(description, null, 2)}\n`);
  if (readEnvironment(target) === null) rmSync(target, { recursive: true, force: true });
  try {
    renameSync(staging, target);
  } catch (error) {
    if (readEnvironment(target) === null) throw error;
  }
}

/** Programs of an environment name its Python by its whole path. */
function rewritePaths(programs: string, from: string, to: string): void {
  for (const name of readdirSync(programs)) {
    const file = path.join(programs, name);
    const info = statSync(file);
    if (!info.isFile() || info.size > 2 ** 20) continue;
    const text = readFileSync(file, 'latin1');
    if (text.includes(from)) writeFileSync(file, text.replaceAll(from, to), 'latin1');
  }
}

/** From now on it is the one that is used. */
export function makeCurrent(folder: string, environment: string): void {
  mkdirSync(folder, { recursive: true });
  const link = path.join(folder, `.${currentLink}-${process.pid}`);
  rmSync(link, { force: true });
  symlinkSync(path.basename(environment), link);
  renameSync(link, path.join(folder, currentLink));
}
