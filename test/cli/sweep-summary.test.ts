import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../harness/cli/output/failure-lines.ts';
import { describeFailures, describeSummary } from '../../harness/cli/output/sweep-summary.ts';
import type { SweepFailure, SweepSummary } from '../../harness/run/index.ts';

const none = { ran: 0, cached: 0, failed: 0, diverged: 0, blocked: 0 };
const summary: SweepSummary = {
  experiment: 'scale',
  counts: { ...none, ran: 62, cached: 5 },
  trials: { ...none, ran: 20, cached: 4 },
  notFinishedTrials: 0,
  cancelled: 0,
  notStarted: 0,
  interrupted: null,
  wasKilled: false,
  stoppedBecause: null,
  failures: [],
};
const failure: SweepFailure = {
  stageId: 'finetune-1',
  kind: 'finetune',
  message: 'no space left',
  hint: 'Make room.',
  errorClass: 'infrastructure',
  lastLines: ['Error: ENOSPC'],
  log: 'results/logs/worker-1.log',
  command: 'harness sweep scale.yaml',
  stageCommand: 'harness stage run results/store/finetune-1',
};
const nameOf = (id: string): string => (id === 'finetune-1' ? 'finetune PMP-2048' : id);

describe('describeSummary', () => {
  it('is two lines where all went well', () => {
    expect(describeSummary(summary, 'harness sweep scale.yaml')).toEqual([
      'scale: 24 of 24 trials complete',
      'stages: 62 ran, 5 done before',
    ]);
  });

  it('tells trials from stages, so that the numbers agree, and says what to do', () => {
    const failed = {
      ...summary,
      counts: { ...summary.counts, failed: 1, blocked: 20 },
      trials: { ...summary.trials, failed: 20 },
    };
    expect(describeSummary(failed, 'harness sweep scale.yaml')).toEqual([
      'scale: 24 of 44 trials complete; 20 cannot be completed: a stage they need failed',
      'stages: 62 ran, 5 done before, 1 failed, 20 not run, since they need one that failed or diverged',
      'next: remove the cause told above, then run the 21 stages that are missing with: harness sweep scale.yaml',
    ]);
  });

  it('takes divergence for a result that asks for nothing', () => {
    const diverged = {
      ...summary,
      counts: { ...summary.counts, diverged: 1, blocked: 2 },
      trials: { ...summary.trials, diverged: 2 },
    };
    expect(describeSummary(diverged, 'x')).toEqual([
      'scale: 24 of 26 trials complete; 2 diverged, which is a result',
      'stages: 62 ran, 5 done before, 1 diverged, 2 not run, since they need one that failed or diverged',
    ]);
  });

  it('tells what was cancelled from what failed', () => {
    const cancelled = { ...summary, counts: { ...summary.counts, blocked: 2 }, cancelled: 1, notFinishedTrials: 2 };
    expect(describeSummary(cancelled, 'harness sweep scale.yaml')).toEqual([
      'scale: 24 of 26 trials complete; 2 not finished',
      'stages: 62 ran, 5 done before, 1 cancelled, 2 not run, since they need one that was cancelled',
      'next: run what was cancelled with: harness sweep scale.yaml',
    ]);
  });

  it('says how an interrupted sweep is continued', () => {
    const stopped = { ...summary, interrupted: 'SIGINT', notStarted: 30, notFinishedTrials: 12 } as const;
    expect(describeSummary(stopped, 'harness sweep scale.yaml')).toEqual([
      'scale: 24 of 36 trials complete; 12 not finished',
      'stages: 62 ran, 5 done before, 30 not started',
      'interrupted by SIGINT, state saved; continue with: harness sweep scale.yaml',
    ]);
    expect(describeSummary({ ...stopped, wasKilled: true }, 'harness sweep scale.yaml').at(-1)).toBe(
      'stopped at once by SIGINT, what was not saved is lost; continue with: harness sweep scale.yaml',
    );
  });
});

describe('describeFailure', () => {
  it('says at once what, why, the last words, where they are, and how to see it again', () => {
    expect(describeFailure(failure, nameOf, ' after 3 s')).toEqual([
      'finetune PMP-2048 (finetune-1) failed after 3 s (infrastructure): no space left',
      '  | Error: ENOSPC',
      '  Make room.',
      '  log: results/logs/worker-1.log',
      '  by itself: harness stage run results/store/finetune-1',
    ]);
  });
});

describe('describeFailures', () => {
  it('tells a cause once, however many stages it failed', () => {
    const same = ['finetune-1', 'finetune-2', 'finetune-3'].map((stageId) => ({ ...failure, stageId }));
    expect(describeFailures(same, nameOf)).toEqual([
      'harness: finetune PMP-2048 (finetune-1) and 2 other stages failed (infrastructure): no space left',
      '  Make room.',
      '  log: results/logs/worker-1.log',
    ]);
  });

  it('tells the first causes and counts the rest', () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ ...failure, message: `cause ${index}` }));
    const lines = describeFailures(many, nameOf);
    expect(lines.filter((line) => line.startsWith('harness: '))).toHaveLength(5);
    expect(lines.at(-1)).toBe('3 more causes of failures: see `harness status`');
  });
});
