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

  /** Of the logarithm of a ratio, from the factors that cover nine of ten stages. */
  const variance = (factor: number): number => (Math.log(factor) / 1.645) ** 2;
  const times = (count: number, record: TimedStage): readonly TimedStage[] =>
    Array.from({ length: count }, () => record);

  it('moves with the first equal stage by what one of them is worth, and is less sure than with many', () => {
    const one = timePredictor([timed(stage, 2)])(stage);
    // What is believed before has a variance of default less same. The one stage has that of same, and with its 9 s it
    // counts as 9 / (9 + 5) of a stage.
    const before = variance(3) - variance(1.3);
    const weight = before / (before + (variance(1.3) * (usual(stage) + 5)) / usual(stage));
    expect(one.seconds / usual(stage)).toBeCloseTo(2 ** weight, 9);
    expect(one.basis).toEqual({ level: 'same', stages: 1 });
    expect(one.high / one.seconds).toBeCloseTo(Math.exp(1.645 * Math.sqrt((1 - weight) * before + variance(1.3))), 9);
    const many = timePredictor(times(12, timed(stage, 2)))(stage);
    expect(many.seconds / usual(stage)).toBeCloseTo(2, 1);
    expect(many.high / many.seconds).toBeLessThan(one.high / one.seconds);
    expect(one.high / one.seconds).toBeLessThan(1.6);
  });

  it('weighs equal stages most, then those of the model, of the kind, of the machine', () => {
    const records = [
      timed(stage, 2),
      timed(finetune('small', 'words', 100), 2),
      timed(finetune('large', 'algebra', 100), 2),
      timed({ kind: 'evaluate', model: 'small', data: null, work: { gigabytes: 100 } }, 2),
    ];
    const moved = records.map((record) => timePredictor([record])(stage).seconds / usual(stage));
    expect(moved).toEqual(moved.toSorted((a, b) => b - a));
    expect(moved.at(-1)).toBeGreaterThan(1.1);
    const levels = records.map((record) => timePredictor([record])(stage).basis.level);
    expect(levels).toEqual(['same', 'model', 'kind', 'machine']);
    // Many equal stages outweigh everything else.
    const others = times(20, timed(finetune('small', 'words', 100), 4));
    expect(timePredictor([...times(12, timed(stage, 1)), ...others])(stage).seconds / usual(stage)).toBeCloseTo(1, 0);
  });

  it('scales with the work of a stage, and believes the newest dozen in their median', () => {
    const records = [...times(1, timed(stage, 50)), ...times(11, timed(stage, 0.5)), ...times(40, timed(stage, 4))];
    const longer = finetune('small', 'algebra', 300);
    expect(timePredictor(records)(longer).seconds / usual(longer)).toBeCloseTo(0.5, 2);
  });

  it('believes what an older version of a stage took only while nothing newer is there', () => {
    const old = times(12, { ...timed(stage, 3), isCurrent: false });
    expect(timePredictor(old)(stage).seconds / usual(stage)).toBeCloseTo(3, 1);
    expect(timePredictor([timed(stage, 1), ...old])(stage)).toMatchObject({
      seconds: expect.closeTo(usual(stage), 9),
      basis: { level: 'same', stages: 1 },
    });
  });

  it('does not take the start-up of a tiny stage for the speed of a long one', () => {
    const tiny = timed(finetune('small', 'algebra', 0.001), 9);
    const long = finetune('small', 'algebra', 10_000);
    expect(timePredictor(times(12, tiny))(long).seconds / usual(long)).toBeLessThan(1.05);
  });

  it('believes a short stage less, since it may be slow because its worker had to start', () => {
    const short = finetune('small', 'algebra', 1);
    expect(timePredictor([timed(short, 10)])(short).seconds / usual(short)).toBeLessThan(6);
    expect(timePredictor([timed(stage, 10)])(stage).seconds / usual(stage)).toBeGreaterThan(8);
  });

  it('does not take a slow download for a slow machine, nor the other way round', () => {
    const download: StageWork = { kind: 'corpus', model: null, data: null, work: {} };
    expect(timePredictor([timed(download, 30)])(stage)).toEqual(timePredictor([])(stage));
    expect(timePredictor([timed(stage, 30)])(download)).toEqual(timePredictor([])(download));
  });
});
