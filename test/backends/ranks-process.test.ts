/**
 * How a job of several ranks ends, whatever torchrun does: with programs in the place of Python, which write what ranks
 * would write.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runByRanks } from '../../harness/backends/torch/ranks-process.ts';
import type { JobEvent } from '../../harness/backends/torch/events.ts';
import { oneRank, type RanksSpec } from '../../harness/spec/experiment-schema.ts';

let job: string;
const events: JobEvent[] = [];
beforeEach(() => {
  job = mkdtempSync(path.join(tmpdir(), 'harness-ranks-'));
  events.length = 0;
});
afterEach(() => {
  delete process.env['HARNESS_TORCH_PYTHON'];
  delete process.env['HARNESS_TORCH_RENDEZVOUS'];
  rmSync(job, { recursive: true, force: true });
});

/** @param script What stands in for `python -m harness_torch.start ...`; `$JOB` is the folder of the job. */
async function by(script: string, ranks: Partial<RanksSpec> = { ranksPerNode: 2 }): Promise<unknown> {
  mkdirSync(path.join(job, 'bin'));
  const python = path.join(job, 'bin', 'python');
  writeFileSync(python, `#!/bin/sh\nJOB=${job}\n${script}\n`, { mode: 0o755 });
  process.env['HARNESS_TORCH_PYTHON'] = python;
  const onEvent = (event: JobEvent): void => void events.push(event);
  return runByRanks({ job, ranks: { ...oneRank, ...ranks }, threads: 1, onEvent }).catch((error: unknown) => error);
}

const say = (event: object): string => `echo '${JSON.stringify(event)}' >> $JOB/events.jsonl`;
const leave = (file: string, error: object): string =>
  `echo '${JSON.stringify(error)}' > $JOB/partial; mv $JOB/partial $JOB/${file}.error.json`;
const rankError = (rank: number, change: object = {}): string =>
  leave(`rank-${rank}`, {
    rank,
    timeMs: rank,
    message: 'boom',
    kind: 'ValueError',
    isConsequence: false,
    isOutOfMemory: false,
    hint: null,
    lastLines: ['line 1', 'ValueError: boom'],
    ...change,
  });
const gone = { kind: 'RuntimeError', message: 'Connection closed by peer', isConsequence: true };
const completed = { kind: 'ended', outcome: 'completed' };

describe('the verdict on a job of several ranks', () => {
  it('is its last event, whatever torchrun leaves with', async () => {
    expect(await by(`${say({ kind: 'progress', step: 1 })}; ${say(completed)}; exit 1`)).toEqual(completed);
    expect(events).toEqual([{ kind: 'progress', step: 1 }, completed]);
  });

  it('is what Python refused, with its exit code', async () => {
    const refused = { kind: 'ended', outcome: 'refused', message: 'the weights do not fit', hint: 'h', exitCode: 4 };
    const error = await by(`${say(refused)}; ${rankError(1, { kind: 'JobError' })}; exit 1`);
    expect(error).toMatchObject({ exitCode: 4, message: 'backend torch: the weights do not fit', hint: 'h' });
  });

  it('names the first rank that failed by itself, not those that missed it', async () => {
    const error = await by(`${rankError(0, gone)}; ${rankError(1)}; exit 1`);
    expect(error).toMatchObject({
      exitCode: 4,
      message: 'backend torch: rank 1 of 2 failed: ValueError: boom: line 1 | ValueError: boom',
      hint: expect.stringContaining('goes on from the last resume point'),
    });
  });

  it('names a rank that was killed, with what it printed last', async () => {
    const node = { host: 'h', failures: [{ rank: 0, exitCode: 1, signal: null }] };
    const killed = { host: 'h', failures: [{ rank: 1, exitCode: -9, signal: 'SIGKILL' }, ...node.failures] };
    const printed = `echo '[rank 0]: from 0'; echo '[rank 1]: almost there' >&2`;
    const error = await by(`${printed}; ${rankError(0, gone)}; ${leave('node-h-1', killed)}; exit 1`);
    expect(error).toMatchObject({
      exitCode: 4,
      message: 'backend torch: rank 1 of 2 was ended by SIGKILL: almost there',
      hint: expect.stringContaining('out of memory'),
    });
  });

  it('names the rank that all others missed, where torchrun had no time to say how it ended', async () => {
    const error = await by(`echo '[rank 1]: almost there'; ${rankError(0, gone)}; exit 1`);
    expect(error).toMatchObject({ message: 'backend torch: rank 1 of 2 ended without a word: almost there' });
  });

  it('tells how to need less memory where a rank had too little', async () => {
    const error = await by(`${rankError(1, { isOutOfMemory: true, kind: 'OutOfMemoryError' })}; exit 1`);
    expect(error).toMatchObject({ hint: expect.stringContaining('tokensAtOnce') });
  });

  it('comes within 5 s of a failure where the ranks that are left do not end', async () => {
    const startedMs = performance.now();
    const error = await by(`trap '' TERM; ${rankError(1)}; sleep 60 & wait`);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(error).toMatchObject({ message: expect.stringContaining('rank 1 of 2 failed') });
  }, 20_000);

  it('has the last lines of torchrun where no rank says anything', async () => {
    expect(await by('echo one; echo two >&2; exit 7')).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/^backend torch: torchrun left with exit code 7: (one \| two|two \| one)$/),
    });
  });

  it('says that there is no Python, or no torch', async () => {
    const missing = `echo "ModuleNotFoundError: No module named 'torch'" >&2; exit 1`;
    expect(await by(missing)).toMatchObject({ exitCode: 3, message: expect.stringContaining('has no package torch') });
    process.env['HARNESS_TORCH_PYTHON'] = 'no-such-python';
    const options = { job, ranks: { ...oneRank, ranksPerNode: 2 }, threads: 1, onEvent: () => {} };
    await expect(runByRanks(options)).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('several nodes', () => {
  const two = { nodes: 2, ranksPerNode: 4, launcher: 'slurm' } as const;

  it('are told where they meet, in the journal of the stage, too', async () => {
    process.env['HARNESS_TORCH_RENDEZVOUS'] = 'node-1:29555';
    expect(await by(`echo "$@" > $JOB/line; ${say({ kind: 'started', step: 0 })}; ${say(completed)}`, two)).toEqual(
      completed,
    );
    const note = events.find(({ kind }) => kind === 'note');
    expect(note?.['text']).toMatch(/^nodes meet at node-1:29555: .*--program srun --nodes=2 .*--nnodes=2 /);
  });

  it('that do not come together are told with the place and the time', async () => {
    process.env['HARNESS_TORCH_RENDEZVOUS'] = 'node-1:29555';
    const error = await by(`${leave('node-a-1', { host: 'a', message: 'RendezvousTimeoutError: ' })}; exit 1`, {
      ...two,
      torch: { ...oneRank.torch, joinTimeoutSeconds: 7 },
    });
    expect(error).toMatchObject({
      exitCode: 4,
      message: 'backend torch: the 2 nodes did not come together at node-1:29555 within 7 s: RendezvousTimeoutError: ',
      hint: expect.stringContaining('execution.torch.joinTimeoutSeconds'),
    });
  });
});
