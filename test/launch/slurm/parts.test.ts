/** What is submitted, and how answers of Slurm are read. */
import { describe, expect, test } from 'vitest';
import { chunksOf, jobRequest, jobScript } from '../../../harness/launch/slurm/job-script.ts';
import { hasEnded, isWaiting, parseQueue } from '../../../harness/launch/slurm/queue.ts';
import { oneRank, plainSlurm } from '../../../harness/spec/experiment-schema.ts';

const ranks = { ...oneRank, nodes: 2, ranksPerNode: 8, launcher: 'slurm' } as const;

describe('what a stage asks for', () => {
  test('one node and its threads, where the experiment says no more', () => {
    expect(jobRequest(plainSlurm, { threads: 3 }, false)).toEqual([
      '--nodes=1',
      '--ntasks-per-node=1',
      '--cpus-per-task=3',
      '--signal=B:TERM@120',
      '--requeue',
      '--open-mode=append',
    ]);
  });

  test('the nodes of its ranks, where ranks carry it out, and one where they do not', () => {
    const settings = {
      ...plainSlurm,
      partition: 'gpu',
      account: 'lab',
      time: '04:00:00',
      memory: '64G',
      gpusPerNode: 8,
      extra: ['--constraint=a100'],
      saveSeconds: 300,
    };
    const asked = jobRequest(settings, { threads: 2, ranks }, true);
    expect(asked).toContain('--partition=gpu');
    expect(asked).toEqual(expect.arrayContaining(['--account=lab', '--time=04:00:00', '--mem=64G']));
    expect(asked).toEqual(expect.arrayContaining(['--nodes=2', '--cpus-per-task=16', '--gpus-per-node=8']));
    expect(asked).toContain('--signal=B:TERM@300');
    expect(asked.at(-1)).toBe('--constraint=a100');
    const ours = jobRequest(settings, { threads: 2, ranks }, false);
    expect(ours).toEqual(expect.arrayContaining(['--nodes=1', '--cpus-per-task=2']));
    expect(ours).not.toContain('--gpus-per-node=8');
  });
});

test('a script has a task for each stage, and quotes what a shell would take apart', () => {
  const script = jobScript('harness-1', ['--nodes=1'], [['node', 'a b'], ["it's"]]);
  expect(script.split('\n').slice(0, 4)).toEqual([
    '#!/usr/bin/env bash',
    '#SBATCH --job-name=harness-1',
    '#SBATCH --array=0-1',
    '#SBATCH --nodes=1',
  ]);
  expect(script).toContain(`0) exec node 'a b' ;;\n1) exec 'it'\\''s' ;;\n`);
});

test('chunks are as large as an array may be, and the last one is smaller', () => {
  expect(chunksOf([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  expect(chunksOf([1, 2, 3], 3)).toEqual([[1, 2, 3]]);
  expect(chunksOf([], 3)).toEqual([]);
});

describe('what squeue says', () => {
  test('is known by the name of the batch and the number in it', () => {
    const lines = ['12|0|harness-a|RUNNING|n1|None', '12|1|harness-a|PENDING||Resources', '13|N/A|other|PENDING||'];
    const queue = parseQueue([...lines, 'warning: something else', ''].join('\n'));
    expect([...queue.keys()]).toEqual(['harness-a 0', 'harness-a 1']);
    expect(queue.get('harness-a 0')).toEqual({ jobId: '12_0', state: 'RUNNING', node: 'n1', reason: 'None' });
    expect(queue.get('harness-a 1')).toMatchObject({ state: 'PENDING', node: '', reason: 'Resources' });
  });

  test('of a job that was submitted twice, what runs counts', () => {
    const lines = ['12|0|harness-a|CANCELLED||', '14|0|harness-a|RUNNING|n2|'];
    for (const text of [lines.join('\n'), lines.toReversed().join('\n')])
      expect(parseQueue(text).get('harness-a 0')).toMatchObject({ jobId: '14_0' });
  });

  test.each([
    ['PENDING', true, false],
    ['REQUEUED', true, false],
    ['RUNNING', false, false],
    ['COMPLETING', false, false],
    ['PREEMPTED', false, false],
    ['NODE_FAIL', false, true],
    ['TIMEOUT', false, true],
    ['OUT_OF_MEMORY', false, true],
  ])('%s: waits %s, has ended %s', (state, waits, ended) => {
    const job = { jobId: '1_0', state, node: '', reason: '' };
    expect([isWaiting(job), hasEnded(job)]).toEqual([waits, ended]);
  });
});
