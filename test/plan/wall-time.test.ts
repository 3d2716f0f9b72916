/** Stages on workers: bounds that hold for any plan, and schedules counted by hand. */
import { assert as assertProperty, array, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallTime, type PlannedStage } from '../../harness/plan/index.ts';

const stage = (id: string, ...inputs: string[]): PlannedStage =>
  ({ id, inputs: Object.fromEntries(inputs.map((input) => [input, input])) }) as unknown as PlannedStage;

describe('wallTime', () => {
  it('lets a chain take its sum however many workers there are, and shares what is independent', () => {
    const chain = [stage('a'), stage('b', 'a'), stage('c', 'b')];
    expect(wallTime(chain, 8, () => 10)).toEqual({ seconds: 30, criticalSeconds: 30, workSeconds: 30 });
    expect(wallTime([stage('a'), stage('b'), stage('c')], 2, () => 10)).toEqual({
      seconds: 20,
      criticalSeconds: 10,
      workSeconds: 30,
    });
  });

  it('takes ready stages in plan order: a long one that comes last is not begun early', () => {
    const seconds: Readonly<Record<string, number>> = { a: 1, b: 1, long: 10 };
    expect(wallTime([stage('a'), stage('b'), stage('long')], 2, ({ id }) => seconds[id] ?? 0).seconds).toBe(11);
  });

  it('leaves out what does not run, and waits for none of it', () => {
    expect(wallTime([stage('cached'), stage('b', 'cached')], 1, ({ id }) => (id === 'cached' ? null : 5))).toEqual({
      seconds: 5,
      criticalSeconds: 5,
      workSeconds: 5,
    });
  });

  it('lies between critical path or even share and the sum, within twice the best (Graham 1966)', () => {
    assertProperty(
      property(
        array(array(integer({ min: 0, max: 11 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        array(integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
        integer({ min: 1, max: 4 }),
        (edges, seconds, workers) => {
          const stages = edges.map((inputs, index) =>
            stage(`s${index}`, ...new Set(inputs.filter((input) => input < index).map((input) => `s${input}`))),
          );
          const time = wallTime(stages, workers, ({ id }) => seconds[Number(id.slice(1))] ?? 0);
          const least = Math.max(time.criticalSeconds, time.workSeconds / workers);
          return (
            time.seconds >= least - 1e-9 && time.seconds <= time.workSeconds + 1e-9 && time.seconds <= 2 * least + 1e-9
          );
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
