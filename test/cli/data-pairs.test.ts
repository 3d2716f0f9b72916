/** `data audit` and `data show`: pairs of files, of stage folders and of experiments. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePairShards, type PreferencePair } from '../../harness/data/index.ts';
import { pair } from '../data/audit/pair.ts';
import { captured, documentOf } from './captured-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'harness-pairs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'pairs.jsonl');
const stage = 'pairs-0123456789ab';
const results = join(folder, 'results');
const stageFolder = join(results, 'store', stage);

const lines = (rows: readonly PreferencePair[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

beforeAll(async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    pair({
      id: `f${i}#0`,
      group: `f${i}`,
      source: i % 2 === 0 ? 'lib/a.js:1' : 'other/b.js:2',
      chosen: `\n  return a < ${i};\n}`,
      rejected: `\n  return a <= ${i};\n}`,
      edits: ['operator: < -> <= (line 2)'],
      language: 'javascript',
      isDescribed: false,
    }),
  );
  writeFileSync(file, lines(rows));
  mkdirSync(stageFolder, { recursive: true });
  const encode = (text: string): Int32Array => Int32Array.from(Buffer.from(text));
  const tokenizer = { encode, endToken: 0, responseEnd: [0], beginTokens: [], vocabSize: 256 } as never;
  const options = { folder: stageFolder, tokenizer, contextLength: 1000, overLength: 'drop' as const };
  await writePairShards(rows.slice(0, 50), { ...options, name: 'pairs' });
  await writePairShards(rows.slice(50), { ...options, name: 'held-out' });
  const about = { stageVersion: 1, id: stage, kind: 'pairs', fingerprint: '0'.repeat(64), config: {}, inputs: {} };
  writeFileSync(join(stageFolder, 'stage.json'), JSON.stringify(about));
  writeFileSync(
    join(stageFolder, 'done.json'),
    JSON.stringify({ id: stage, outcome: { kind: 'completed' }, outputs: [] }),
  );
});

const run = (...argv: readonly string[]): ReturnType<typeof captured> =>
  captured(['data', ...argv], { HARNESS_RESULTS: results });

describe('data audit', () => {
  it('sets files and stages side by side, and says in words what is wrong with them', async () => {
    const { exitCode, stdout } = await run('audit', file, 'pairs/0123');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ +pairs\.jsonl +pairs-0123456789ab$/m);
    expect(stdout).toMatch(/^pairs, trained \/ held out +\d+ \/ \d+ +50 \/ 10$/m);
    expect(stdout).toMatch(/^what was changed +operator 100\.0 +operator 100\.0$/m);
    expect(stdout).toMatch(/^! pairs-0123456789ab: A trivial ranker solves these pairs/m);
    expect(stdout).toContain('100.0 % of the pairs have no description');
  });

  it('reads a shard of Parquet as the file that it is', async () => {
    const { stdout } = await run('audit', join(stageFolder, 'pairs-00000.parquet'));
    expect(stdout).toMatch(/^languages +javascript 100\.0$/m);
    expect(stdout).toMatch(/^what was changed +operator 100\.0$/m);
  });

  it('gives all numbers as one document', async () => {
    const { audits } = documentOf(await run('audit', stageFolder, '--json', '-n', '20')) as {
      readonly audits: readonly { readonly name: string; readonly audit: { readonly trained: object } }[];
    };
    expect(audits).toMatchObject([{ name: stage, audit: { auditVersion: 1, trained: { pairs: 50, sampled: 20 } } }]);
  });

  it('says what makes the pairs of an experiment that has none yet, with exit code 5', async () => {
    const { exitCode, stderr } = await run('audit', 'experiments/smoke.yaml');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('1 of 1 sets of pairs of experiments/smoke.yaml are not made yet');
    expect(stderr).toContain('harness sweep experiments/smoke.yaml` makes them');
  });

  it.each([
    [['audit', 'nothing.txt'], 'nothing.txt: no such file, and no pairs stage in'],
    [['audit', 'pairs/ffff'], 'pairs/ffff: no such file, and no pairs stage in'],
    [['audit', '.'], 'not the folder of a pairs stage that is done'],
    [['audit', file, '--execute', file], 'expected text in task_id, entry_point and test'],
    [['show', file, '--seed', 'x'], 'expected a whole number of at least 0'],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await run(...argv);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe('data show', () => {
  it('shows what was changed and where the sides differ, plain in a pipe', async () => {
    const { stdout } = await run('show', file, '-n', '3');
    expect(stdout).toMatch(/^3 pairs of pairs\.jsonl, sampled by seed$/m);
    expect(stdout.match(/changed: operator: < -> <= \(line 2\)/g)).toHaveLength(3);
    expect(stdout.match(/return a <\[-=-\] \d+;/g)).toHaveLength(3);
    expect(stdout).toContain('javascript, no description');
    expect(stdout).not.toContain('\u001b');
  });

  it('samples by seed: the same pairs for the same one', async () => {
    const shown = async (seed: string): Promise<string> => (await run('show', file, '--seed', seed)).stdout;
    expect(await shown('1')).toBe(await shown('1'));
    expect(await shown('1')).not.toBe(await shown('2'));
  });

  it('keeps to a source, and to the held-out pairs, and says where nothing is left', async () => {
    expect((await run('show', stage, '--source', 'other', '-n', '50')).stdout).not.toContain('lib/a.js');
    expect((await run('show', stage, '--held-out', '-n', '50')).stdout).toContain('10 pairs of');
    expect(await run('show', stage, '--source', 'nowhere')).toMatchObject({ exitCode: 5 });
  });

  it('is coloured where it is asked for, line by line', async () => {
    const { stdout } = await captured(['data', 'show', file, '-n', '1'], { FORCE_COLOR: '1' });
    expect(stdout).toContain('return a <\u001b[31m\u001b[9m=\u001b[29m\u001b[39m ');
  });

  it('writes a page that needs nothing else', async () => {
    const page = join(folder, 'page.html');
    expect((await run('show', file, '-n', '2', '--html', page)).stdout).toContain(`2 pairs of ${file}: ${page}`);
    expect(existsSync(page)).toBe(true);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('return a &lt;<del>=</del>');
    expect(html).not.toMatch(/<script|<link|<img|src=/);
  });
});
