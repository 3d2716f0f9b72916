/** `harness figures` over a results folder with scores of single items: values, files, digests, and what goes wrong. */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '../../harness/record/index.ts';
import { drawPaperFigures, paperFigures, readPublished, type PublishedPoint } from '../../harness/report/index.ts';
import {
  pairItems,
  stageId,
  temporaryResults,
  writeSampleResults,
  writeExperiment,
  writeStage,
  type Item,
} from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

const results = temporaryResults();
const reports = path.join(results, 'figures');
const folder = path.join(reports, 'paper');
const figures = (...argv: string[]): ReturnType<typeof captured> =>
  captured(['figures', ...argv, '--results', results, '--reports', reports]);

/** Rewards of five candidates of a question, some equal; which are right. */
const pools = { q1: [3, 3, 1, 0, -1], q2: [0, 2, 2, 2, 1], q3: [-2, -1, 4, 0, 4] } as const;
const right: Readonly<Record<keyof typeof pools, readonly boolean[]>> = {
  q1: [true, false, false, true, false],
  q2: [false, true, false, true, true],
  q3: [true, false, false, true, true],
};
type Question = keyof typeof pools;
const questions = Object.keys(pools) as readonly Question[];

const poolItems: readonly Item[] = questions.flatMap((itemId) =>
  pools[itemId].map((reward, candidate): Item => {
    const isCorrect = right[itemId][candidate] === true;
    return { set: 'pool', itemId, group: itemId, candidate, reward, isCorrect, tokens: 5, answer: null };
  }),
);

function writeEvaluate(number: number, margins: Readonly<Record<string, number>>): void {
  const inputs = { task: stageId('task', 2), model: stageId('finetune', number - 16) };
  writeStage(results, { kind: 'evaluate', number, inputs, items: [...pairItems(margins), ...poolItems] });
}

beforeAll(() => {
  writeSampleResults(results);
  for (const number of [32, 33, 34, 35]) writeEvaluate(number, { p1: 1, p2: number > 33 ? 1 : 0, p3: -1 });
});
afterAll(() => rmSync(results, { recursive: true, force: true }));

async function rowsOf(id: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const query = paperFigures.find((figure) => figure.id === id)?.query ?? '';
  const { rows } = await withDatabase(results, (database) => database.query(query, { experiment: 'tiny' }));
  return rows;
}

async function rowsOfParquet(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
}

/** All subsets of `size` of the numbers below `among`. */
function subsets(among: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return Array.from({ length: among }, (_, last) => last).flatMap((last) =>
    subsets(last, size - 1).map((rest) => [...rest, last]),
  );
}

/** Mean over all subsets of the share of right candidates among those with the largest reward. */
function bestByHand(question: Question, size: number): number {
  const chosen = subsets(5, size).map((subset) => {
    const best = Math.max(...subset.map((candidate) => pools[question][candidate] ?? 0));
    const top = subset.filter((candidate) => pools[question][candidate] === best);
    return top.filter((candidate) => right[question][candidate]).length / top.length;
  });
  return chosen.reduce((sum, one) => sum + one, 0) / chosen.length;
}

describe('harness figures', () => {
  it('draws every figure of an experiment, and the committed ones are equal to what their records give', async () => {
    const drawn = documentOf(await figures('--experiment', 'tiny', '--json'));
    const ids = ['rm-accuracy', 'multiple-choice', 'best-of-n', 'sample-efficiency', 'pmp-scaling'];
    expect(drawn['figures']).toMatchObject(ids.map((figure) => ({ figure, experiment: 'tiny' })));
    const why = new Map((drawn['missing'] as { figure: string; why: string }[]).map((one) => [one.figure, one.why]));
    expect([...why.keys(), ...ids].toSorted()).toEqual(paperFigures.map(({ id }) => id).toSorted());
    // Its stages of pairs and corpus stated no counts, and it varies nothing but pretraining.
    expect(why.get('data-statistics')).toContain('no completed trial');
    expect(why.get('ablation-pooling')).toBe('trials of tiny do not differ in the pooling of the reward');
    expect(why.get('ablation-source')).toMatch(/^only paper-ablation-source, ablation-source, .* have it$/);
    const files = ids.flatMap((id) => [`${id}.png`, `${id}.svg`, `${id}.vl.json`]);
    expect(readdirSync(folder).toSorted()).toEqual(['figures.json', 'scores', ...files].toSorted());
    const check = await figures('--check');
    expect(check.exitCode, check.stderr).toBe(0);
    expect(check.stdout).toContain(`${ids.length} figures of ${ids.length}`);
  });

  it('takes accuracies from single items, not from what a stage stated', async () => {
    // The stages of the fixture state none; equal rewards are wrong.
    expect(await rowsOf('rm-accuracy')).toMatchObject([
      { panel: 'algebra', series: 'none', x: null, seed: 0, value: expect.closeTo(1 / 3, 12) as number },
      { panel: 'algebra', series: 'none', x: null, seed: 1, value: expect.closeTo(1 / 3, 12) as number },
      { panel: 'algebra', series: 'pmp', x: null, seed: 0, value: expect.closeTo(2 / 3, 12) as number },
      { panel: 'algebra', series: 'pmp', x: null, seed: 1, value: expect.closeTo(2 / 3, 12) as number },
    ]);
    expect((await rowsOf('pmp-scaling')).map(({ series, x }) => [series, x])).toEqual([
      ['pmp', 1000],
      ['pmp', 1000],
    ]);
  });

  it('gives best of N as all subsets of N give it, equal rewards included', async () => {
    const mean = (size: number): number =>
      questions.reduce((sum, question) => sum + bestByHand(question, size), 0) / questions.length;
    const rows = (await rowsOf('best-of-n')).filter(({ series, seed }) => series === 'pmp' && seed === 1);
    expect(rows.map(({ x }) => x)).toEqual([1, 2, 4]);
    for (const { x, value } of rows) expect(value).toBeCloseTo(mean(Number(x)), 12);
    // Five options: the one with the largest reward of all five.
    const [choice] = await rowsOf('multiple-choice');
    expect(choice?.['value']).toBeCloseTo(mean(5), 12);
  });

  it('draws an ablation of what trials differ in, and of its own file without asking', async () => {
    const other = temporaryResults();
    const trial = (number: number, name: string, margin: number): Parameters<typeof writeExperiment>[2][number] => {
      const task = writeStage(other, { kind: 'task', number: 2 });
      const model = writeStage(other, { kind: 'finetune', number, config: { model: { name } }, inputs: { task } });
      const items = pairItems({ p1: margin });
      const scored = writeStage(other, { kind: 'evaluate', number: number + 16, inputs: { task, model }, items });
      return {
        id: `${number}`.padStart(12, '0'),
        seed: 0,
        arm: 'pmp',
        stages: [task, model, scored],
        declared: { name },
      };
    };
    const [small, large] = [trial(16, 'small', -1), trial(17, 'large', 1)];
    writeExperiment(other, 'two-sizes', [small, large]);
    writeExperiment(other, 'paper-larger', [large]);
    const larger = (...argv: string[]): ReturnType<typeof captured> =>
      captured(['figures', 'larger-models', ...argv, '--results', other, '--reports', path.join(other, 'drawn')]);
    const valuesOf = async (...argv: string[]): Promise<readonly unknown[]> => {
      const drawn = await larger(...argv);
      expect(drawn.exitCode, drawn.stderr).toBe(0);
      const chart = path.join(other, 'drawn', 'paper', 'larger-models.vl.json');
      const { data } = JSON.parse(readFileSync(chart, 'utf8')) as { data: { values: Record<string, unknown>[] } };
      return data.values.filter(({ role }) => role === 'mean').map(({ panel, y }) => [panel, y]);
    };
    expect(await valuesOf('--experiment', 'two-sizes')).toEqual([
      ['algebra: large', 1],
      ['algebra: small', 0],
    ]);
    expect(await valuesOf()).toEqual([['algebra', 1]]);

    // Without one of the paper's size, one of ours goes before the toy.
    const sized = (name: string, one: typeof large): void => writeExperiment(other, name, [one]);
    rmSync(path.join(other, 'experiments', 'paper-larger'), { recursive: true });
    sized('paper-larger-two-cores', large);
    expect(await valuesOf()).toEqual([['algebra', 1]]);
    sized('larger-models', small);
    expect(await valuesOf()).toEqual([['algebra', 0]]);
    rmSync(other, { recursive: true });
  });

  it('draws arms by samples that have several sizes, and all of them where none has', async () => {
    const other = temporaryResults();
    const task = writeStage(other, { kind: 'task', number: 2 });
    const trial = (number: number, arm: string, samples: number): Parameters<typeof writeExperiment>[2][number] => {
      const model = writeStage(other, { kind: 'finetune', number, inputs: { task } });
      const items = pairItems({ p1: number });
      const scored = writeStage(other, { kind: 'evaluate', number: number + 16, inputs: { task, model }, items });
      return { id: `${number}`.padStart(12, '0'), seed: 0, arm, samples, stages: [task, model, scored] };
    };
    const [few, many, single] = [trial(16, 'pmp', 64), trial(17, 'pmp', 128), trial(18, 'none', 128)];
    writeExperiment(other, 'curve', [few, many, single]);
    writeExperiment(other, 'points', [few, single]);
    const seriesOf = async (experiment: string): Promise<readonly unknown[]> => {
      const place = ['--results', other, '--reports', path.join(other, 'drawn')];
      await captured(['figures', 'sample-efficiency', '--experiment', experiment, ...place]);
      const chart = path.join(other, 'drawn', 'paper', 'sample-efficiency.vl.json');
      const { data } = JSON.parse(readFileSync(chart, 'utf8')) as { data: { values: Record<string, unknown>[] } };
      return data.values.filter(({ role }) => role === 'mean').map(({ series }) => series);
    };
    expect(await seriesOf('curve')).toEqual(['pmp', 'pmp']);
    expect([...(await seriesOf('points'))].toSorted()).toEqual(['none', 'pmp']);
    rmSync(other, { recursive: true });
  });

  it('tells a file that was changed by hand, and records that give other values', async () => {
    await figures('--experiment', 'tiny');
    appendFileSync(path.join(folder, 'rm-accuracy.svg'), '<!-- a better number -->');
    const byHand = await figures('--check');
    expect(byHand.exitCode).toBe(1);
    expect(byHand.stdout).toMatch(/rm-accuracy +rm-accuracy\.svg was changed by hand/);
    expect(byHand.stdout).toMatch(/best-of-n +equal/);
    await figures('rm-accuracy', '--experiment', 'tiny');
    expect((await figures('--check')).exitCode).toBe(0);

    writeEvaluate(35, { p1: 1, p2: 1, p3: 1 });
    const checked = documentOf(await figures('rm-accuracy', '--check', '--json'));
    expect(checked['checks']).toMatchObject([
      { figure: 'rm-accuracy', differences: expect.arrayContaining([expect.stringContaining('other values')]) as [] },
    ]);
    writeEvaluate(35, { p1: 1, p2: 1, p3: -1 });
  });

  it('compares files alone where the records are not here, and says so', async () => {
    await figures('--experiment', 'tiny');
    const elsewhere = temporaryResults();
    const there = (): ReturnType<typeof captured> =>
      captured(['figures', '--check', '--results', elsewhere, '--reports', reports]);
    const absent = await there();
    expect([absent.exitCode, absent.stderr]).toEqual([5, expect.stringContaining('sweep first')]);
    expect(absent.stdout).toMatch(/rm-accuracy +not derived again: not on record: tiny/);
    appendFileSync(path.join(folder, 'rm-accuracy.svg'), '<!-- a better number -->');
    const byHand = await there();
    expect([byHand.exitCode, byHand.stdout]).toEqual([1, expect.stringContaining('was changed by hand')]);
    await figures('rm-accuracy', '--experiment', 'tiny');
    rmSync(elsewhere, { recursive: true });
    // A fresh clone has no results at all.
    const fresh = await there();
    expect([fresh.exitCode, fresh.stderr]).toEqual([5, expect.stringContaining('sweep first')]);
    expect(fresh.stdout).toMatch(/rm-accuracy +not derived again: there is no /);
  });

  it('derives them from the scores beside them without any results, and finds scores that were changed', async () => {
    await figures('--experiment', 'tiny');
    const alone = (...argv: string[]): ReturnType<typeof captured> =>
      captured(['figures', '--check', '--reports', reports, ...argv], { HARNESS_RESULTS: path.join(results, 'none') });
    const derived = await alone();
    expect([derived.exitCode, derived.stderr]).toEqual([0, '']);
    expect(derived.stdout).toMatch(/best-of-n +equal/);
    // Texts of answers stay out; nothing is kept that no figure rests on.
    const items = path.join(folder, 'scores', 'tiny', 'items.parquet');
    const kept = await rowsOfParquet(`SELECT * FROM '${items}'`);
    expect(Object.keys(kept[0] ?? {}).join(' ')).toBe('stage_id set item_id item_group candidate reward is_correct');
    expect(new Set(kept.map(({ set }) => set))).toEqual(new Set(['pairs', 'pool']));

    const better = `SELECT * REPLACE (CASE WHEN is_correct THEN 9 ELSE reward END::FLOAT AS reward) FROM '${items}'`;
    await rowsOfParquet(`COPY (${better}) TO '${items}.new' (FORMAT parquet)`);
    renameSync(`${items}.new`, items);
    const changed = await alone('rm-accuracy');
    expect([changed.exitCode, changed.stdout]).toEqual([1, expect.stringContaining('other values')]);

    rmSync(items);
    const missing = await alone();
    expect([missing.exitCode, missing.stderr]).toEqual([4, expect.stringContaining('items.parquet')]);
    await figures('--experiment', 'tiny');
    expect((await alone()).exitCode).toBe(0);
  });

  it('keeps scores of those experiments only that a figure is drawn from', async () => {
    await figures('--experiment', 'tiny');
    mkdirSync(path.join(folder, 'scores', 'before'));
    const items = (): Buffer => readFileSync(path.join(folder, 'scores', 'tiny', 'items.parquet'));
    const before = items();
    await figures('rm-accuracy', '--experiment', 'tiny');
    expect(items().equals(before), 'equal records give equal bytes').toBe(true);
    expect(readdirSync(path.join(folder, 'scores'))).toEqual(['tiny']);
    // best-of-n is still there, and still derived from the pool.
    expect((await figures('--check')).exitCode).toBe(0);
  });

  it('refuses in one line what it cannot draw', async () => {
    const unknown = await figures('pmp-scalling');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('no figure pmp-scalling')]);
    const absent = await figures('pmp-scaling');
    expect([absent.exitCode, absent.stderr]).toEqual([
      5,
      expect.stringContaining('not on record: paper-scaling, ablation-scaling, paper-scaling-two-cores'),
    ]);
    const nowhere = await captured(['figures', '--check', '--results', results, '--reports', path.join(results, 'no')]);
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([5, expect.stringContaining('no figure was drawn into')]);
    mkdirSync(path.join(results, 'torn', 'paper'), { recursive: true });
    writeFileSync(path.join(results, 'torn', 'paper', 'figures.json'), '{"figuresVersion": 1');
    const torn = await captured(['figures', '--check', '--results', results, '--reports', path.join(results, 'torn')]);
    expect(torn.exitCode).toBe(4);
  });
});

describe('published values', () => {
  it('are all of figures that there are, and nothing that is not known has a value', () => {
    const points = readPublished(path.resolve('datasets/reference/codepmp.yaml'));
    const ids = new Set(paperFigures.map(({ id }) => id));
    expect(points.filter(({ figure }) => !ids.has(figure))).toEqual([]);
    const file = path.join(results, 'reference.yaml');
    const point = '{figure: best-of-n, panel: gsm8k, series: published, x: 4, value: 0.5, status: missing, source: us}';
    writeFileSync(file, `paper: x\npoints:\n  - ${point}\n`);
    expect(() => readPublished(file)).toThrow(/status missing/);
  });

  it('are points of their own, in panels that were measured', async () => {
    const known = {
      figure: 'best-of-n',
      panel: 'algebra',
      series: 'x',
      x: 4,
      value: 0.9,
      status: 'exact',
      source: 'us',
    };
    const published = [
      known,
      { ...known, panel: 'math' },
      { ...known, x: 2, value: null, status: 'missing' },
      { ...known, figure: 'rm-accuracy' },
    ] as PublishedPoint[];
    const [drawn] = await withDatabase(results, (database) =>
      drawPaperFigures(database, { names: ['best-of-n'], experiment: 'tiny', published }),
    );
    const text = drawn !== undefined && 'files' in drawn ? String(drawn.files.get('best-of-n.vl.json')) : '{}';
    const { title, data } = JSON.parse(text) as { title: unknown; data: { values: { role: string }[] } };
    expect(data.values.filter(({ role }) => role === 'published')).toMatchObject([{ panel: 'algebra', x: 4, y: 0.9 }]);
    expect(data.values.filter(({ role }) => role === 'mean')).toHaveLength(6);
    expect(title).toMatchObject({ text: expect.stringContaining('published') as string });
  });
});
