/** What a report says of the pairs that trials were pretrained on. */
import { expect, test } from 'vitest';
import { auditPairs, type PreferencePair } from '../../harness/data/index.ts';
import type { RecordedAudit } from '../../harness/record/recorded-audit.ts';
import { buildReport, renderFiles, type Report } from '../../harness/report/index.ts';
import { pairDiff, plainParts } from '../../harness/report/pair-diff.ts';
import { pair } from '../data/audit/pair.ts';
import { input, sweep } from './sweep-fixture.ts';

const small = sweep({ models: ['qwen2-tiny'], samples: [128], budgets: [2048], seeds: [0, 1, 2] });
const pretrained = small.trials.filter(({ arm }) => arm === 'pmp').map(({ trialId }) => trialId);

const pairs = (n: number, offset: number): readonly PreferencePair[] =>
  Array.from({ length: n }, (_, i) =>
    pair({
      id: `${offset + i}`,
      language: 'javascript',
      isDescribed: i % 4 === 0,
      rejected: `\n  return a + ${i % 9};\n}`,
      edits: ['added operand: + <i>'],
    }),
  );

async function recorded(): Promise<RecordedAudit> {
  const shown = [pair({ id: 'shown<1>', edits: ['a & b'], chosen: 'if (x < 1) y()', rejected: 'if (x <= 1) y()' })];
  const options = { tokenizer: null, seed: 0, sample: 100, execution: null };
  const audit = await auditPairs({ trained: pairs(60, 0), heldOut: pairs(40, 100), ...options });
  return { stageId: 'audit-000000000001', name: 'mutate', trialIds: pretrained, audit, shown };
}

async function report(audits: readonly RecordedAudit[]): Promise<Report> {
  return buildReport(input({ trials: small.trials, audits }));
}

const tableOf = ({ tables }: Report, name: string) => tables.find((table) => table.name === name);

test('a column for every pair source says whether chosen is better, and what trivial rankers reach', async () => {
  const table = tableOf(await report([await recorded(), { ...(await recorded()), name: 'models' }]), 'pairs');
  expect(table?.title).toBe('Pairs: is chosen really better?');
  expect(table?.columns).toEqual(['', 'mutate', 'models']);
  const rows = new Map(table?.rows.map(([label, text]) => [label, text]));
  expect(rows.get('pairs, trained / held out')).toBe('60 / 40');
  expect(rows.get('with a description')).toBe('25.0');
  expect(rows.get('what was changed')).toBe('added operand 100.0');
  expect(rows.get('chosen better, by static signals')).toBe('cannot be told (0 of 60)');
  expect(rows.get('best trivial ranker')).toMatch(/^100\.0 \[91\.2, 100\.0\] /);
  expect(rows.get('solved by a trivial ranker')).toBe('YES');
});

test('the best trivial ranker stands beside the held-out accuracy of the trials it belongs to', async () => {
  const audited = tableOf(await report([await recorded()]), 'pretraining');
  const [pmp, lm] = ['PMP', 'LM only, equal pairs'].map((arm) =>
    audited?.rows.find(([label]) => label?.startsWith(arm)),
  );
  expect(pmp?.at(-1)).toMatch(/^100\.0 \[91\.2, 100\.0\] \w/);
  expect(lm?.at(-1)).toBe('not audited');
  const bare = tableOf(await report([]), 'pretraining');
  expect(bare?.rows.map((row) => row.at(-1))).toEqual(bare?.rows.map(() => 'not audited'));
});

test('flags are warnings in words: a solved set, and more than half without a description', async () => {
  const texts = (await report([await recorded()])).statements.map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringMatching(/^Pairs of mutate: A trivial ranker solves these pairs: /));
  expect(texts).toContainEqual(expect.stringMatching(/^Pairs of mutate: 75\.0 % of the pairs have no description/));
});

test('pairs to look at are on the page and in the text, escaped', async () => {
  const files = await renderFiles(await report([await recorded()]));
  const [html, markdown] = [String(files.get('index.html')), String(files.get('results.md'))];
  expect(html).toContain('<code>shown&lt;1&gt;</code>');
  expect(html).toContain('if (x &lt;<del>=</del> 1) y()');
  expect(html).toContain('a &amp; b');
  expect(markdown).toContain('## 1 pairs of mutate');
  expect(markdown).toContain('if (x <[-=-] 1) y()');
  expect(String(files.get('results.csv'))).toMatch(/pairs,,,,mutate,,,audit\/ranker_/);
});

test('sides with little in common are shown whole', () => {
  const [alike, apart] = [
    pairDiff(pair({ id: '1', chosen: 'return a + b;', rejected: 'return a - b;' })),
    pairDiff(pair({ id: '2', chosen: 'return a;', rejected: 'throw new Error("no");' })),
  ];
  expect(plainParts(alike.parts ?? [])).toBe('return a [---]{+++} b;');
  expect(apart.parts).toBeNull();
});

test('overlaps that were accepted are told, once for trials that share the comparison', () => {
  const overlap = {
    ...({
      kind: '13 words',
      set: 'test',
      questionId: 'q',
      questionGroup: 'q',
      trainingId: 't',
      trainingGroup: 't',
    } as const),
    shared: 'w',
    share: 1,
    acceptedBy: 'train',
  } as const;
  const source = { name: 'train', rows: 9, texts: 8, commonRuns: 0, overlaps: [overlap] };
  const found = { sameness: 'words', questions: 5, sources: [source], unused: [] } as const;
  const one = { stageId: 'contamination-1', name: 'lookup', trialIds: [], found };
  const built = buildReport(
    input({ trials: small.trials, contaminations: [one, { ...one, stageId: 'contamination-2' }] }),
  );
  expect(tableOf(built, 'contamination')?.rows).toEqual([['lookup', 'train', '8', '5', '0', '1', 'train']]);
});
