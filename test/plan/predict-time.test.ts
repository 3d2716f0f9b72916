import { describe, expect, it } from 'vitest';
import { secondsAtDefault, timePredictor, type TimedStage } from '../../harness/plan/index.ts';
import type { StageWork } from '../../harness/stages/index.ts';

const finetune = (model: string, data: string, gigabytes: number): StageWork => ({
  kind: 'finetune',
  model,
  data,
  work: { gigabytes, gigaflops: gigabytes, operations: 1e5 },
});
const usual = (stage: StageWork): number => secondsAtDefault(stage.kind, stage.work);
const timed = (stage: StageWork, factor: number): TimedStage => ({
  ...stage,
  seconds: factor * usual(stage),
  isCurrent: true,
});

describe('timePredictor', () => {
  const stage = finetune('small', 'algebra', 100);

  it('says what the defaults say where nothing was recorded, and that it rests on them', () => {
    expect(timePredictor([])(stage)).toMatchObject({ seconds: usual(stage), basis: { level: 'default', stages: 0 } });
  });

  it('prefers equal stages, then the model, then the kind, then anything of this machine', () => {
    const equal = timed(stage, 2);
    const model = timed(finetune('small', 'words', 100), 3);
    const kind = timed(finetune('large', 'algebra', 100), 5);
    const other = timed({ kind: 'evaluate', model: 'small', data: null, work: { gigabytes: 10 } }, 7);
    const expected = [
      [[other, kind, model, equal], 2, 'same'],
      [[other, kind, model], 3, 'model'],
      [[other, kind], 5, 'kind'],
      [[other], 7, 'machine'],
    ] as const;
    for (const [records, factor, level] of expected) {
      const time = timePredictor(records)(stage);
      expect([time.seconds / usual(stage), time.basis.level]).toEqual([expect.closeTo(factor, 9), level]);
      expect(time.low).toBeLessThan(time.seconds);
      expect(time.high).toBeGreaterThan(time.seconds);
    }
  });

  it('scales with the work of a stage, and believes the newest dozen in their median', () => {
    const records = [
      ...Array.from({ length: 12 }, (_, index) => timed(stage, index === 0 ? 50 : 0.5)),
      ...Array.from({ length: 40 }, () => timed(stage, 4)),
    ];
    const longer = finetune('small', 'algebra', 300);
    expect(timePredictor(records)(longer).seconds).toBeCloseTo(0.5 * usual(longer), 9);
  });

  it('believes what an older version of a stage took only while nothing newer is there', () => {
    const old = { ...timed(stage, 3), isCurrent: false };
    expect(timePredictor([old, old])(stage).seconds).toBeCloseTo(3 * usual(stage), 9);
    expect(timePredictor([timed(stage, 1), old, old])(stage)).toMatchObject({
      seconds: expect.closeTo(usual(stage), 9),
      basis: { level: 'same', stages: 1 },
    });
  });

  it('does not take the start-up of a tiny stage for the speed of a long one', () => {
    const tiny = timed(finetune('small', 'algebra', 0.001), 9);
    const long = finetune('small', 'algebra', 10_000);
    expect(timePredictor([tiny])(long).basis.level).toBe('machine');
    expect(timePredictor([tiny, timed(finetune('large', 'x', 5000), 1)])(long)).toMatchObject({
      seconds: expect.closeTo(usual(long), 6),
      basis: { level: 'kind', stages: 1 },
    });
  });
});
