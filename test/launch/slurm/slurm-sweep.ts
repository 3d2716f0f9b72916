/** Sweeps of fake stages by Slurm: real jobs, of a program that does as `harness stage run`. */
import { fileURLToPath } from 'node:url';
import { native, type Backend } from '../../../harness/backends/index.ts';
import type { SweepOptions } from '../../../harness/run/index.ts';
import { plainSlurm, type SlurmSpec } from '../../../harness/spec/experiment-schema.ts';
import { programArguments } from '../../programs/test-program.ts';

const stageMain = fileURLToPath(new URL('../fixtures/stage-main.ts', import.meta.url));

/** Serves all stages. */
const fake: Backend = {
  name: 'fake',
  numerics: null,
  serves: () => true,
  command: ({ folder }) => [process.execPath, ...programArguments(stageMain), folder],
  compute: () => Promise.reject(new Error('its stages are fake')),
};

/** @param workers Jobs at a time. */
export const bySlurm = (workers: number, settings: Partial<SlurmSpec> = {}): Partial<SweepOptions> => ({
  backend: fake.name,
  backends: [native, fake],
  execution: { workers, threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
  slurm: { ...plainSlurm, pollSeconds: 0.5, ...settings },
});
