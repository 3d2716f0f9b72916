/** The launcher that a sweep has chosen. Loaded when there is something to run: a finished sweep starts no process. */
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backends, native } from '../backends/index.ts';
import type { Launcher } from '../launch/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { SweepLimits, SweepOptions } from './sweep-types.ts';

/** @throws UserError (3) where it cannot work here. */
export async function requireLauncher({
  slurm,
  backend,
  backends: registered = backends,
}: SweepOptions): Promise<void> {
  if (slurm === undefined) return;
  const chosen = registered.find(({ name }) => name === backend) ?? native;
  // Its program knows of no lease, which a launcher on this machine would hold for it.
  if (chosen !== native && chosen.compute === undefined)
    throw new UserError(`execution.launcher: slurm, and the backend ${chosen.name} is a program of its own`, {
      exitCode: 3,
      hint: 'Set launcher: local, or the backend native or torch.',
    });
  const { requireSlurm } = await import('../launch/index.ts');
  await requireSlurm();
}

export async function openLauncher(sweep: SweepOptions, limits: SweepLimits): Promise<Launcher> {
  const { LocalLauncher, SlurmLauncher } = await import('../launch/index.ts');
  const { resultsFolder, slurm } = sweep;
  const chosen = { resultsFolder, backend: sweep.backend ?? native.name, backends: sweep.backends ?? backends };
  if (slurm !== undefined)
    return new SlurmLauncher({
      ...chosen,
      settings: slurm,
      tell: (text) => sweep.onEvent({ type: 'note', stageId: null, text }),
    });
  return new LocalLauncher({
    ...chosen,
    workerEntry: sweep.workerEntry ?? defaultWorkerEntry(),
    stopGraceMs: limits.stopGraceMs,
  });
}

function defaultWorkerEntry(): string {
  const here = fileURLToPath(import.meta.url);
  return resolve(dirname(here), `worker-entry${extname(here)}`);
}
