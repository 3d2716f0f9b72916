/** Which Python carries out jobs: the one that a person named, the one that `doctor --install torch` made, or any. */
import { existsSync } from 'node:fs';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder with installed environments. The command line sets it to `torch` in the cache; workers inherit it. */
export const environmentsVariable = 'HARNESS_TORCH';
export const pythonVariable = 'HARNESS_TORCH_PYTHON';
/** A link in that folder to the environment that was installed last. */
export const currentLink = 'current';

export interface TorchPython {
  readonly command: string;
  /** `named` by HARNESS_TORCH_PYTHON, `installed` into the cache, or the `python3` of the PATH. */
  readonly from: 'named' | 'installed' | 'path';
}

/** Looks in this order; whether the packages are there is found out when it is started. */
export function torchPython(env: Environment = process.env): TorchPython {
  const named = env[pythonVariable];
  if (named !== undefined && named !== '') return { command: named, from: 'named' };
  const folder = env[environmentsVariable];
  const installed = folder === undefined || folder === '' ? null : pythonIn(path.join(folder, currentLink));
  if (installed !== null && existsSync(installed)) return { command: installed, from: 'installed' };
  return { command: 'python3', from: 'path' };
}

/** The interpreter of an environment, whether or not it is there. */
export function pythonIn(environment: string): string {
  return path.join(environment, 'bin', 'python');
}
