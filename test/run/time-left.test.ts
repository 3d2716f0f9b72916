/** The time that a sweep shows, over simulated sweeps of the main experiment: what it says against what happens. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { forecast, notStarted, type ForecastBasis, type PlannedStage } from '../../harness/plan/index.ts';
import { forecastBasis } from '../../harness/run/cost/index.ts';
import { Schedule } from '../../harness/run/schedule.ts';
import { TimeLeftOfSweep } from '../../harness/run/time-left.ts';
import { planOf } from '../plan/plan-of.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-time-left-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let basis: ForecastBasis;
let predicted: ReturnType<typeof forecast>;
beforeAll(async () => {
  const plan = planOf(readFileSync(path.resolve(import.meta.dirname, '../../reports/scale-0.1.0/scale.yaml'), 'utf8'));
  const execution = { workers: 2, threads: 1, device: 'cpu' };
  basis = (await forecastBasis({ plan, kinds: builtInKinds, resultsFolder: folder, execution })).basis;
  predicted = forecast(basis, () => notStarted);
}, 60_000);

interface Shown {
  /** Seconds since the start. */
  readonly at: number;
  /** What has passed and what is shown as left, together. */
  readonly total: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Plays a sweep whose stages take what `secondsOf` says, and notes what is shown every twenty seconds. */
function play(secondsOf: (stage: PlannedStage, expected: number) => number): {
  readonly shown: readonly Shown[];
  readonly took: number;
} {
  const schedule = new Schedule(basis.stages);
  let now = 0;
  const timeLeft = new TimeLeftOfSweep(basis, schedule, () => now);
  const running = new Map<PlannedStage, { readonly from: number; readonly seconds: number }>();
  const shown: Shown[] = [];
  const show = (): void => {
    const { seconds, low, high } = timeLeft.get();
    shown.push({ at: now, total: now + seconds, lowest: now + low, highest: now + high });
  };
  for (;;) {
    for (let stage = schedule.next(); stage !== null && running.size < basis.workers; stage = schedule.next()) {
      schedule.set(stage.id, 'running');
      timeLeft.started(stage.id, 1);
      running.set(stage, { from: now, seconds: secondsOf(stage, predicted.stages.get(stage.id)?.seconds ?? NaN) });
    }
    if (shown.length === 0) show();
    if (running.size === 0) return { shown, took: now };
    const nextEnd = Math.min(...[...running.values()].map(({ from, seconds }) => from + seconds));
    const nextShown = (shown.at(-1)?.at ?? 0) + 20;
    now = Math.min(nextEnd, nextShown);
    for (const [stage, { from, seconds }] of running) {
      if (stage.cost.steps !== null) timeLeft.progressed(stage.id, Math.min(1, (now - from) / seconds));
      if (from + seconds > now) continue;
      running.delete(stage);
      schedule.set(stage.id, 'completed');
      timeLeft.ended(stage.id, true);
    }
    if (now === nextShown) show();
  }
}

const afterShare = (shown: readonly Shown[], took: number, share: number): readonly Shown[] =>
  shown.filter(({ at }) => at >= share * took);
/** Largest factor between what was shown as the total and what it took. */
const worst = (shown: readonly Shown[], took: number): number =>
  Math.max(...shown.map(({ total }) => Math.max(total / took, took / total)));
/** Largest factor between two totals shown one after the other. */
const largestJump = (shown: readonly Shown[]): number =>
  Math.max(
    ...shown.slice(1).map(({ total }, index) => {
      const before = shown[index]?.total ?? NaN;
      return Math.max(total / before, before / total);
    }),
  );
/** Totals outside of the range that was shown just before. */
const surprises = (shown: readonly Shown[]): readonly Shown[] =>
  shown.slice(1).filter(({ total }, index) => {
    const { lowest, highest } = shown[index] as Shown;
    return total < lowest || total > highest;
  });

/** Stages scatter by about a fifth, each by its own share. */
const scatter = (stage: PlannedStage): number =>
  0.8 + (0.4 * Number.parseInt(stage.fingerprint.slice(0, 6), 16)) / 2 ** 24;

describe('the time left', () => {
  it('is at second 0 what the plan says, and stays there where all goes as predicted', () => {
    const { shown, took } = play((stage, expected) => expected * scatter(stage));
    expect(shown[0]?.total).toBe(predicted.wall.seconds);
    expect(worst(shown, took)).toBeLessThan(1.15);
    expect(largestJump(shown)).toBeLessThan(1.15);
    expect(largestJump(afterShare(shown, took, 0.2))).toBeLessThan(1.04);
    expect(surprises(shown)).toEqual([]);
  });

  it('goes from the prediction to the truth on a machine of half the speed, and of twice', () => {
    for (const factor of [2, 0.5]) {
      const { shown, took } = play((stage, expected) => factor * expected * scatter(stage));
      expect(shown[0]?.total).toBe(predicted.wall.seconds);
      expect(worst(shown, took)).toBeLessThan(2.3); // never beyond the wrong prediction that it began with
      expect(worst(afterShare(shown, took, 0.1), took)).toBeLessThan(1.2);
      expect(worst(afterShare(shown, took, 0.5), took)).toBeLessThan(1.08);
      expect(largestJump(afterShare(shown, took, 0.2))).toBeLessThan(1.06);
      expect(surprises(shown)).toEqual([]);
    }
  });

  it('adds to the total what a slow installation took, and does not take all else to be slow', () => {
    const slow = 180;
    const { shown, took } = play((stage, expected) => (stage.kind === 'corpus' ? slow : expected * scatter(stage)));
    expect(Math.max(...shown.map(({ total }) => total))).toBeLessThan(predicted.wall.seconds + 2.5 * slow);
    expect(worst(shown, took)).toBeLessThan(1.15);
    expect(surprises(shown)).toEqual([]);
  });

  it('does not take one slow first training stage for the speed of the machine', () => {
    let isFirst = true;
    const { shown, took } = play((stage, expected) => {
      const isSlow = isFirst && stage.kind === 'pretrain';
      if (stage.kind === 'pretrain') isFirst = false;
      return expected * (isSlow ? 5 : scatter(stage));
    });
    // Taken for the speed of the machine it would be near 5; how much is left of it depends on which stage comes first.
    expect(worst(shown, took)).toBeLessThan(1.6);
    expect(worst(afterShare(shown, took, 0.2), took)).toBeLessThan(1.15);
  });

  it('has a range around it that holds the truth from the start, and narrows', () => {
    const schedule = new Schedule(basis.stages);
    let now = 0;
    const timeLeft = new TimeLeftOfSweep(basis, schedule, () => now);
    const before = timeLeft.get();
    expect([before.low, before.high]).toEqual([predicted.low, predicted.high]);
    for (const stage of basis.stages.slice(0, 300)) {
      schedule.set(stage.id, 'running');
      timeLeft.started(stage.id, 1);
      now += predicted.stages.get(stage.id)?.seconds ?? 0;
      schedule.set(stage.id, 'completed');
      timeLeft.ended(stage.id, true);
    }
    const after = timeLeft.get();
    expect(after.high / after.low).toBeLessThan(before.high / before.low / 3);
  });

  it('counts a stage that goes on from a saved step by what is left of it, and not as a fast one', () => {
    const schedule = new Schedule(basis.stages);
    let now = 0;
    const timeLeft = new TimeLeftOfSweep(basis, schedule, () => now);
    const finetune = basis.stages.find(({ kind }) => kind === 'finetune') as PlannedStage;
    for (const { id } of basis.stages) schedule.set(id, 'cached');
    schedule.set(finetune.id, 'running');
    timeLeft.started(finetune.id, 2);
    timeLeft.progressed(finetune.id, 0.9);
    now = 10;
    const whole = predicted.stages.get(finetune.id)?.seconds ?? NaN;
    expect(timeLeft.get().seconds).toBeCloseTo(0.1 * whole, 6);
    schedule.set(finetune.id, 'completed');
    timeLeft.ended(finetune.id, true);
    expect(timeLeft.get()).toEqual({ seconds: 0, low: 0, high: 0 });
  });
});
