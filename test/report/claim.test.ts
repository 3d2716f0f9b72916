/** The claim of an experiment on its page: where it stands, what it gets, and when it was written down. */
import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../harness/record/index.ts';
import { answerOf } from '../../harness/report/answer.ts';
import { answerFigure } from '../../harness/report/page/answer-block.ts';
import { buildReport, type Comparison, type Report, type ReportInput } from '../../harness/report/index.ts';
import { claiming, input, sweep } from './sweep-fixture.ts';

const { trials } = sweep({ effect: 0.06, noise: 0.01, tasks: ['lookup', 'algebra'] });
const report = (parts: Partial<ReportInput>): Report => buildReport(input({ trials, ...parts }));
const claimOf = ({ comparisons }: Report): Comparison => {
  const found = comparisons.find(({ claim }) => claim !== null);
  if (found === undefined) throw new Error('no claim');
  return found;
};
const inLookup = claiming({ task: 'lookup' });
const [{ claim }] = inLookup.registered as [ReportInput['registered'][number]];
const before = '2026-01-01T00:00:00.000Z';
const after = '2026-01-03T00:00:00.000Z';

test('a registered claim stands first on the page, before notes and warnings, and is tested alone', () => {
  const page = report({ ...inLookup, notes: ['A plug-in is gone.'] });
  expect(page.statements[0]?.text).toMatch(
    /^Registered claim of 2026-01-01: PMP \(12,288 pairs\) beats no pretraining/,
  );
  expect(page.statements[1]?.text).toBe('A plug-in is gone.');
  expect(claimOf(page)).toMatchObject({ family: 1, scope: 'overall', task: 'lookup' });
  expect(claimOf(page).adjustedP).toBe(claimOf(page).statistics?.p);
  expect(page.statements.filter(({ text }) => text.includes('Registered'))).toHaveLength(1);
});

test('all other comparisons are one family over all tasks, sizes, models and budgets, and say exploratory', () => {
  const { comparisons, smallerBudgets, statements } = report(inLookup);
  const others = [...comparisons, ...smallerBudgets].filter((one) => one.claim === null && one.p !== null);
  expect(new Set(others.map(({ family }) => family))).toEqual(new Set([others.length]));
  expect(new Set(others.map(({ task }) => task))).toEqual(new Set(['lookup', 'algebra']));
  expect(smallerBudgets.length).toBeGreaterThan(0);
  expect(others.every(({ sentence }) => sentence.startsWith('Exploratory: '))).toBe(true);
  const told = statements.filter(({ tone }) => tone !== 'warning').slice(1);
  expect(told.every(({ text }) => text.startsWith('Exploratory: '))).toBe(true);
});

test('a claim on a task whose test asks the questions of its training is told as one on a control', () => {
  const asked = (renamed: number): readonly string[] => {
    const novelty = { 'novelty/train_forms': 6, 'novelty/test_forms': 6, 'novelty/renamed_test_share': renamed };
    const ours = trials.map((trial) =>
      trial.task === 'lookup' ? { ...trial, metrics: { ...trial.metrics, ...novelty } } : trial,
    );
    return report({ ...inLookup, trials: ours }).statements.map(({ text }) => text);
  };
  expect(asked(0.06)[0]).toMatch(/^The claim rests on lookup, a control/);
  expect(asked(0.05).filter((text) => text.includes('rests on'))).toEqual([]);
});

test('a claim says where one of its arms took the last value that was tried', () => {
  // The fixture takes 0.001 without pretraining and 0.0003 with any.
  const path = 'finetune.optimizer.learningRate';
  const told = (tried: readonly number[], claimed: Partial<ReportInput> = inLookup): readonly string[] =>
    report({ ...claimed, tried: { [path]: tried } }).statements.flatMap(({ text }) =>
      text.startsWith('The claim rests on finetune') ? [text] : [],
    );
  expect(told([0.0003, 0.001, 0.003])).toEqual([
    `The claim rests on ${path} 0.0003, the smallest that was tried, for PMP (12,288 pairs): ` +
      'a better one may lie beyond.',
  ]);
  expect(told([0.0001, 0.0003, 0.001])).toEqual([
    `The claim rests on ${path} 0.001, the largest that was tried, for no pretraining: a better one may lie beyond.`,
  ]);
  expect(told([0.0001, 0.0003, 0.001, 0.003])).toEqual([]);
  expect(told([0.0003])).toEqual([]);
  expect(told([0.0003, 0.001, 0.003], {})).toEqual([]);
});

test('without a claim everything is exploratory', () => {
  const { comparisons } = report({});
  expect(comparisons.every(({ claim: none, family }) => none === null && family > 1)).toBe(true);
});

describe('a claim that a sweep recorded', () => {
  test.each([
    [
      'before the first result',
      [{ claim, seeds: [0], registeredAt: before }],
      'before',
      'Registered claim of 2026-01-01: ',
    ],
    [
      'after it',
      [{ claim, seeds: [0], registeredAt: after }],
      'after',
      'Claim of 2026-01-03, exploratory because it was written after the first result: ',
    ],
    [
      'again with other seeds after it',
      [
        { claim, seeds: [0], registeredAt: before },
        { claim, seeds: [0, 1], registeredAt: after },
      ],
      'changed',
      'Claim of 2026-01-03, exploratory because it was changed after the first result: ',
    ],
  ] as const)('%s', (_, registered, status, beginning) => {
    const found = claimOf(report({ registered, firstResultAt: inLookup.firstResultAt }));
    expect(found.claim?.registration.status).toBe(status);
    expect(found.sentence.startsWith(beginning)).toBe(true);
    expect(found.family === 1).toBe(status === 'before');
  });

  test('is not that of the file: the file has none that counts', () => {
    const page = report({ ...inLookup, claim: claiming({ task: 'algebra' }).registered[0]?.claim ?? null });
    expect(claimOf(page)).toMatchObject({ task: 'algebra', claim: { registration: { status: 'unregistered' } } });
    expect(page.statements.map(({ text }) => text)).toContain(
      'Before the first result another claim was registered on 2026-01-01 (pmp differs from none on lookup).',
    );
  });

  test('and withdrawn after the first result is still named', () => {
    const registered = [...inLookup.registered, { claim: null, seeds: [], registeredAt: after }];
    const page = report({ ...inLookup, registered });
    expect(page.comparisons.every((one) => one.claim === null)).toBe(true);
    expect(page.statements[0]?.text).toContain('another claim was registered on 2026-01-01');
  });

  test('about an arm that the records lack cannot be judged', () => {
    const page = report(claiming({ task: 'lookup', reference: 'shuffled' }));
    expect(page.statements[0]).toMatchObject({ tone: 'warning', text: expect.stringContaining('cannot be judged') });
  });
});

describe('a claim that says which side', () => {
  test('is found on that side with half the p', () => {
    const [two, one] = (['different', 'better'] as const).map((direction) =>
      claimOf(report(claiming({ task: 'lookup', direction }))),
    );
    expect(one?.adjustedP).toBeCloseTo((two?.adjustedP ?? 0) / 2, 12);
    expect(one).toMatchObject({ reading: 'better', sentence: expect.stringContaining('(one-sided p ') });
  });

  test('is never found on the other', () => {
    const other = claimOf(report(claiming({ task: 'lookup', direction: 'worse' })));
    expect(other.reading).toBe('not-distinguishable');
    expect(other.adjustedP).toBeGreaterThan(0.95);
    expect(other.sentence).toContain('leaves out 0 on the side that the claim does not name');
  });
});

test('a claim about a smaller budget or another metric is a comparison of its own', () => {
  const small = claimOf(report(claiming({ task: 'lookup', pretrainPairs: 1536 })));
  expect(small).toMatchObject({ scope: 'claim', treatment: { pretrainPairs: 1536 } });
  const loss = claimOf(report(claiming({ task: 'lookup', metric: 'eval/pairwise_loss' })));
  expect(loss).toMatchObject({ scope: 'claim', headline: { name: 'eval/pairwise_loss' }, reading: 'better' });
});

test('a claim on another metric than its task names it wherever it is told, and has a figure of its own', () => {
  const page = report(claiming({ task: 'lookup', metric: 'eval/pairwise_loss' }));
  expect(claimOf(page).sentence).toMatch(
    /^Registered claim of .* on lookup over all sample sizes in pairwise loss by /,
  );
  expect(answerFigure(page)).toMatchObject({
    name: 'claim-effect-lookup',
    title: 'The claim on lookup: paired differences in pairwise loss',
    legend: [{ entries: [{ label: 'all models' }] }],
  });
  const table = page.tables.find(({ name }) => name === 'comparisons-lookup');
  expect(table?.columns[2]).toBe('metric');
  expect(new Set(table?.rows.map(([, , metric]) => metric))).toEqual(new Set(['pairwise loss', 'pairwise accuracy']));
  // Where the claim is one of the page's own comparisons, that figure and that table have it.
  const plain = report(inLookup);
  expect(answerFigure(plain)?.name).toBe('treatment-effect-lookup');
  expect(plain.tables.find(({ name }) => name === 'comparisons-lookup')?.columns).not.toContain('metric');
});

describe('a claim that must survive a longer training', () => {
  const at = (training: string, all: readonly TrialResult[]): TrialResult[] =>
    all.map((trial) => ({ ...trial, trialId: `${training}-${trial.trialId}`, declared: { training } }));
  const found = sweep({ effect: 0.06, noise: 0.01 }).trials;
  const gone = sweep({ effect: 0, noise: 0.01 }).trials;
  const turned = sweep({ effect: -0.06, noise: 0.01 }).trials;
  const registered = claiming({ variant: { training: 'equal' }, survives: { training: 'longer' } });
  const judged = (longer: readonly TrialResult[]): Report =>
    buildReport(input({ ...registered, trials: [...at('equal', found), ...at('longer', longer)] }));

  test('is shown where it is found at both', () => {
    const page = judged(found);
    expect(claimOf(page)).toMatchObject({
      reading: 'better',
      family: 1,
      treatment: { variant: 'training = equal' },
      claim: { survival: { treatment: { variant: 'training = longer' }, reading: 'better' } },
    });
    expect(claimOf(page).sentence).toMatch(/ At training = longer it is \+\d.*: it survives\.$/);
    expect(answerOf(page).verdict).toBe('Shown: PMP is better than no pretraining');
  });

  test('says at which of both an arm took the last value that was tried', () => {
    const path = 'finetune.optimizer.learningRate';
    const longer = found.map((trial) => ({ ...trial, choices: { [path]: trial.arm === 'none' ? 0.001 : 0.003 } }));
    const trials = [...at('equal', found), ...at('longer', longer)];
    const page = buildReport(input({ ...registered, trials, tried: { [path]: [0.0001, 0.001, 0.003] } }));
    expect(page.statements.find(({ text }) => text.includes('that was tried'))?.text).toMatch(
      /0\.003, the largest that was tried, for PMP \(12,288 pairs; training = longer\): a better/,
    );
  });

  test.each([
    ['gone', gone, / it does not survive there, and so is not shown\.$/],
    ['on the other side', turned, / there it is worse\.$/],
  ])('is not shown where it is %s there', (_, longer, sentence) => {
    const page = judged(longer);
    expect(claimOf(page)).toMatchObject({ reading: 'not-distinguishable' });
    expect(claimOf(page).sentence).toMatch(sentence);
    // What was found at the place of the claim is told as found.
    expect(claimOf(page).sentence).toMatch(
      /: \+\d\.\d points \[.*\], beyond noise here \(p = [^)]* seeds[^)]*\)\. At training/,
    );
    expect(claimOf(page).sentence).not.toContain('not distinguishable');
    expect(page.markdown).toContain('registered claim: beyond noise here, not shown');
    expect(answerOf(page).verdict).toBe('Not shown');
  });

  test('on another metric is drawn at both places, with the seeds of each', () => {
    const claimed = claiming({
      metric: 'eval/pairwise_loss',
      variant: { training: 'equal' },
      survives: { training: 'longer' },
    });
    const page = buildReport(input({ ...claimed, trials: [...at('equal', found), ...at('longer', gone)] }));
    expect(answerFigure(page)?.panels.map(({ label }) => label)).toEqual([
      'training = equal: against no pretraining',
      'training = longer: against no pretraining',
    ]);
    const { claim: judgedClaim, differences } = claimOf(page);
    expect(judgedClaim?.survival?.differences.map(({ seed }) => seed)).toEqual(differences.map(({ seed }) => seed));
    expect(judgedClaim?.survival?.differences).not.toEqual(differences);
  });

  test('cannot be judged without those points, nor before they are there', () => {
    const without = buildReport(input({ ...registered, trials: at('equal', found) }));
    expect(without.statements[0]?.text).toContain('cannot be judged');
    const running = at('longer', found).map((trial) => ({ ...trial, outcome: 'pending' as const, metrics: {} }));
    const page = buildReport(input({ ...registered, trials: [...at('equal', found), ...running] }));
    expect(claimOf(page)).toMatchObject({ reading: 'missing' });
    expect(claimOf(page).sentence).toMatch(/beyond noise here .* it is not measured, and without that it is not shown/);
  });
});

test('a reference that varies in fewer axes than the treatment is compared with each variant of it', () => {
  const varied = trials.flatMap((trial) =>
    trial.arm === 'pmp'
      ? ['edits', 'models'].map((source) => ({ ...trial, trialId: `${source}-${trial.trialId}`, declared: { source } }))
      : [{ ...trial, declared: { source: 'edits' } }],
  );
  const { comparisons } = buildReport(input({ trials: varied }));
  const overall = comparisons.filter(({ scope, task }) => scope === 'overall' && task === 'lookup');
  expect(overall.map(({ treatment, reference }) => [treatment.variant, reference.arm.id])).toEqual(
    ['source = edits', 'source = models'].flatMap((variant) =>
      ['none', 'lm-equal-pairs', 'lm-equal-tokens'].map((arm) => [variant, arm]),
    ),
  );
});
