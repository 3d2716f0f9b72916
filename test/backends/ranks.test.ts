/**
 * A training stage by several processes, each of which may fail or be killed. Where HARNESS_PYTHON names a Python with
 * torch and transformers.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { oneRank } from '../../harness/spec/experiment-schema.ts';
import { pythonWith } from '../python.ts';
import { lossesOf, trainedByTorch, type TrainedByTorch } from './torch-stage.ts';

const python = pythonWith('torch, transformers, pyarrow');
const root = mkdtempSync(path.join(tmpdir(), 'harness-ranks-'));
const { PATH } = process.env;
/** Several processes load torch, beside whatever else the machine does. */
const patienceMs = 300_000;
let alone: TrainedByTorch;

beforeAll(async () => {
  if (python === null) return;
  process.env['HARNESS_TORCH_PYTHON'] = python;
  alone = await trainedByTorch({ root, toStep: 20 });
}, patienceMs);
afterEach(() => {
  process.env['PATH'] = PATH;
  delete process.env['HARNESS_TORCH_RENDEZVOUS'];
});
afterAll(() => {
  delete process.env['HARNESS_TORCH_PYTHON'];
  rmSync(root, { recursive: true, force: true });
});

function expectSameLosses(run: TrainedByTorch): void {
  const losses = lossesOf(run);
  expect(losses).toHaveLength(20);
  for (const [step, loss] of lossesOf(alone).entries())
    expect(Math.abs(losses[step]! - loss), `step ${step}`).toBeLessThan(1e-6 * Math.max(1, loss));
}

/** Ranks of the job in a stage's folder, by their number: processes that torchrun has given one. */
function ranksIn(folder: string): ReadonlyMap<number, number> {
  const numbered = readdirSync('/proc').flatMap((pid) => {
    const rank = /^\d+$/.test(pid) ? rankOf(pid, folder) : null;
    return rank === null ? [] : [[rank, Number(pid)] as const];
  });
  return new Map(numbered);
}

function rankOf(pid: string, folder: string): number | null {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder)) return null;
    const rank = /(?:^|\0)RANK=(\d+)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))?.[1];
    return rank === undefined ? null : Number(rank);
  } catch {
    return null; // gone
  }
}

const slurm = { launcher: 'slurm', nodes: 2 } as const;
const withSrun = (): void => {
  process.env['PATH'] = `${path.join(import.meta.dirname, 'fixtures')}:${PATH ?? ''}`;
};

describe.skipIf(python === null)('several ranks (skipped without HARNESS_PYTHON that has torch)', () => {
  it(
    'take the steps of one, and say how fast they were',
    async () => {
      const two = await trainedByTorch({ root, toStep: 20, ranks: { ranksPerNode: 2 } });
      expectSameLosses(two);
      expect(two.result.state?.tokensSeen).toBe(alone.result.state?.tokensSeen);
      const named = (name: string): readonly number[] =>
        two.events.flatMap((event) => (event.kind === 'metric' && event.name === name ? [event.value] : []));
      expect(named('train/tokens_per_second')).toHaveLength(2);
      expect(named('train/tokens_per_second')[1]).toBeGreaterThan(0);
    },
    patienceMs,
  );

  it(
    'of two nodes meet where srun starts a torchrun on each',
    async () => {
      withSrun();
      const two = await trainedByTorch({ root, toStep: 20, ranks: slurm });
      expectSameLosses(two);
      const notes = two.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
      expect(notes).toEqual([expect.stringMatching(/^nodes meet at \S+:\d+: .* srun --nodes=2 --ntasks=2 /)]);
    },
    patienceMs,
  );

  it(
    'that miss one end within 5 s, name it, and go on from the last resume point',
    async () => {
      const folder = mkdtempSync(path.join(root, 'stage-'));
      let [killedMs, killedAt] = [0, 0];
      const failure = await trainedByTorch({
        root,
        folder,
        toStep: 4000,
        ranks: { ranksPerNode: 2 },
        checkpointEverySeconds: 0.05,
        onEvent: (event) => {
          if (event.kind !== 'progress' || event.step < 20 || killedMs > 0) return;
          [killedMs, killedAt] = [performance.now(), event.step];
          process.kill(ranksIn(folder).get(1) as number, 'SIGKILL');
        },
      }).catch((error: unknown) => error);
      expect(performance.now() - killedMs).toBeLessThan(5_000);
      expect(failure).toMatchObject({
        exitCode: 4,
        message: expect.stringMatching(/^backend torch: rank 1 of 2 was ended by SIGKILL/),
      });
      expect(ranksIn(folder).size).toBe(0);
      const toStep = killedAt + 500;
      const rest = await trainedByTorch({ root, folder, toStep, ranks: { ranksPerNode: 2 } });
      const resumedFromStep = rest.events.find((event) => event.kind === 'attempt')?.resumedFromStep ?? 0;
      expect(resumedFromStep).toBeGreaterThan(0);
      expect(lossesOf(rest)).toHaveLength(toStep - resumedFromStep);
    },
    patienceMs,
  );

  it(
    'on nodes that do not all come, or whose port is taken, say so after the time that they were given',
    async () => {
      withSrun();
      const server = createServer().listen(0);
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      process.env['HARNESS_TORCH_RENDEZVOUS'] = `127.0.0.1:${port}`;
      const torch = { ...oneRank.torch, joinTimeoutSeconds: 3 };
      const failure = await trainedByTorch({ root, toStep: 2, ranks: { ...slurm, torch } }).catch((error) => error);
      server.close();
      expect(failure).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining(`the 2 nodes did not come together at 127.0.0.1:${port} within 3 s`),
      });
    },
    patienceMs,
  );
});
