/** The example of docs/plugins.md, as a reader copies it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPlugin } from '../../harness/kinds/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs', 'plugins.md'), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

let folder: string;
let cache: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-page-'));
  cache = fixtureCache();
  writeFileSync(path.join(folder, 'my-task.mjs'), block('js'));
  writeFileSync(path.join(folder, 'sums.yaml'), block('yaml'));
});
afterAll(() => {
  for (const place of [folder, cache]) rmSync(place, { recursive: true, force: true });
});

const harness = (...argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_RESULTS: path.join(folder, 'results'), HARNESS_CACHE: cache });
const experiment = (): string => path.join(folder, 'sums.yaml');

describe('the example of docs/plugins.md', () => {
  it('is valid, and plans the stages that the page says', async () => {
    const valid = await harness('validate', experiment());
    expect([valid.exitCode, valid.stderr]).toEqual([0, '']);
    const stages = documentOf(await harness('plan', experiment(), '--json'))['stages'] as unknown[];
    expect(page).toContain(`The sweep has ${stages.length} stages`);
  });

  it('runs to the end, smaller than on the page', async () => {
    const smaller = ['seeds=[1]', 'pretrain.budget={pairs: 64}', 'finetune.samples=32', 'finetune.steps=4'];
    const settings = [
      ...smaller,
      'corpus.maxCharacters=400',
      'corpus.heldOutFunctions=8',
      'tokenizer.vocabSize=300',
      'pretrain.schedule.warmup={steps: 1}',
    ];
    const run = await harness('sweep', experiment(), '-j', '1', '--json', ...settings.flatMap((one) => ['-s', one]));
    expect(run.stderr).not.toContain('failed');
    expect(documentOf(run)['trials']).toMatchObject({ ran: 2, failed: 0 });
    expect(existsSync(path.join(folder, 'results', 'reports', 'sums', 'index.html'))).toBe(true);
  }, 120_000);

  it('is typed, like the files of test/plugins: // @ts-check finds a mistake, and nothing else', async () => {
    writeFileSync(path.join(folder, 'wrong.mjs'), block('js').replace('trainPairs: pairs', 'trainPairs: `${pairs}`'));
    const config = {
      extends: path.join(root, 'test/plugins/tsconfig.json'),
      compilerOptions: { typeRoots: [path.join(root, 'node_modules/@types')] },
      include: ['*.mjs', path.join(root, 'test/plugins/*.mjs')],
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = await execa(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder], { reject: false });
    expect(stdout.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
      expect.stringMatching(/wrong\.mjs\(\d+,\d+\): error TS2322/),
    ]);
  }, 120_000);
});

describe('the table of docs/plugins.md', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$/gm)].map(([, list = '', members = '']) => ({
    list,
    members: [...members.matchAll(/`(\w+)`/g)].map(([, member = '']) => member),
  }));

  /** What an empty record of a list lacks. */
  function missingIn(list: string): readonly string[] {
    try {
      checkPlugin({ [list]: [{}] }, 'p.mjs');
      return [];
    } catch (error) {
      const text = (error as Error).message;
      return [...new Set([...text.matchAll(/\[0\]\.(\w+)/g)].map(([, member = '']) => member))].toSorted();
    }
  }

  it('has every list that can be registered', () => {
    expect(() => checkPlugin({ unknown: [] }, 'p.mjs')).toThrow(`there are ${rows.map(({ list }) => list).join(', ')}`);
  });

  it.each(rows)('names what an entry of $list needs', ({ list, members }) => {
    expect(missingIn(list)).toEqual(members.toSorted());
  });
});
