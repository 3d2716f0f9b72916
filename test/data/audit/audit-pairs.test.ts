import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { auditPairs, openSandbox, readPairsFile, readTests, type PreferencePair } from '../../../harness/data/index.ts';
import { flagsOf, isSolved } from '../../../harness/data/audit/flags.ts';
import { runsToItsEnd } from '../../../harness/data/audit/run-program.ts';
import { allRows } from '../../../harness/data/index.ts';
import { pair } from './pair.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const audit = (trained: readonly PreferencePair[], heldOut: readonly PreferencePair[] = []) =>
  auditPairs({ trained, heldOut, tokenizer: null, seed: 0, sample: 100, execution: null });

describe('an audit', () => {
  const javascript = { language: 'javascript', isDescribed: true } as const;
  const pairs = [
    pair({ id: '1', ...javascript, rejected: '\n  return b;\n  a();\n}', edits: ['added call: a()'] }),
    pair({ id: '2', ...javascript, rejected: '\n  return (a;\n}', edits: ['typo: ( -> ()', 'typo: x'] }),
    pair({ id: '3', ...javascript, chosen: '\n  return a;\n  b();\n}', isDescribed: false }),
    pair({ id: '4', source: '@scope/lib/x.js:3', chosen: 'same ', rejected: 'same' }),
    pair({ id: '5', source: 'model', chosen: 'text', rejected: '' }),
    pair({ id: '5', source: 'model', chosen: 'text', rejected: '' }),
  ];

  test('counts pairs, groups, sources, languages, strata, edits, empty and equal sides, duplicates', async () => {
    expect((await audit(pairs)).trained).toMatchObject({
      pairs: 6,
      groups: 5,
      identical: 1,
      emptyChosen: 0,
      emptyRejected: 2,
      duplicates: 1,
      sources: {
        lib: 3,
        model: 2,
        '@scope/lib': 1,
      },
      languages: {
        javascript: 3,
        text: 3,
      },
      strata: {
        described: 2,
        undescribed: 1,
        notApplicable: 3,
      },
      edits: {
        typo: 2,
        'added call': 1,
      },
    });
  });

  test('says by static signals which side is better, where one shows a fault that the other does not', async () => {
    const { trained } = await audit(pairs);
    // 1: unreachable code in rejected; 2: rejected does not parse; 3: unreachable code in chosen.
    expect(trained.judgements).toMatchObject([{ by: 'signals', n: 3, agree: 2, disagree: 1, silent: 0 }]);
    expect(trained.signals).toMatchObject({
      n: 3,
      chosen: { parses: 1, unreachable: 1 / 3 },
      rejected: { parses: 2 / 3, unreachable: 1 / 3 },
    });
  });

  test('reads signals of a response that holds the whole function, and of one behind a prompt in prose', async () => {
    const whole = pair({
      id: '1',
      prompt: 'Please write f.',
      language: 'python',
      chosen: 'import os\n\ndef f(a):\n    return a\n',
      rejected: 'def f(a):\n    return 1\n    a = 2\n',
    });
    const prose = pair({ id: '2', prompt: 'Add two numbers.\nfunction add(a, b) {', language: 'javascript' });
    const { trained } = await audit([whole, prose]);
    expect(trained.signals).toMatchObject({ n: 2, chosen: { parses: 1 }, rejected: { parses: 1, unreachable: 0.5 } });
  });

  test('is the same whatever the rows come from, and again', async () => {
    async function* rows(): AsyncGenerator<PreferencePair> {
      yield* pairs;
    }
    const again = await auditPairs({
      trained: rows(),
      heldOut: pairs,
      tokenizer: null,
      seed: 0,
      sample: 100,
      execution: null,
    });
    expect(again).toEqual(await audit(pairs, pairs));
  });

  test('has no rankers, and says so, where nothing is held out', async () => {
    const { rankers, isSolvedByTrivialRanker, flags } = await audit(pairs);
    expect(rankers).toEqual([]);
    expect(isSolvedByTrivialRanker).toBe(false);
    expect(flags.at(-1)).toBe('There are no held-out pairs: nothing is known of what trivial rankers reach.');
  });
});

describe('flags', () => {
  test('a ranker solves a set above 0.65, or surely above 0.60', () => {
    expect(isSolved({ share: 0.66, low: 0.51 })).toBe(true);
    // Four of five pairs: chance does that.
    expect(isSolved({ share: 0.8, low: 0.376 })).toBe(false);
    expect(isSolved({ share: 0.64, low: 0.61 })).toBe(true);
    expect(isSolved({ share: 0.64, low: 0.59 })).toBe(false);
    expect(isSolved({ share: 0.64, low: null })).toBe(false);
  });

  test.each([
    ['ends with its signature', 'def inc(x):\n'],
    [
      'has the docstring behind the signature, and another function before it',
      'def dec(x):\n    return x - 1\n\n\ndef inc(x):\n    """ Adds one. """\n',
    ],
    ['begins with prose', 'Write this function.\ndef inc(x):'],
  ])('read code behind a prompt that %s', async (_, prompt) => {
    const body = prompt.endsWith('\n') ? '    return x + 1\n' : '\n    return x + 1\n';
    const { trained } = await audit([
      pair({ id: 'a', prompt, chosen: body, rejected: `${body.trimEnd()} +\n`, language: 'python' }),
    ]);
    expect([trained.signals?.chosen.parses, trained.signals?.rejected.parses]).toEqual([1, 0]);
  });

  test('name the ranker, the share without a description, the leak, and sides that are broken', async () => {
    const short = (id: string): PreferencePair =>
      pair({ id, isDescribed: false, rejected: `\n  return a + ${id};\n}`, language: 'javascript' });
    const trained = Array.from({ length: 40 }, (_, i) => short(`${i}`));
    const found = await audit([...trained, pair({ id: 'x', chosen: '', isDescribed: false })], trained.slice(0, 30));
    expect(flagsOf(found)).toEqual(found.flags);
    expect(found.flags).toEqual([
      expect.stringMatching(/^A trivial ranker solves these pairs: ".+" is right on 100\.0 % of the held-out pairs \[/),
      '100.0 % of the pairs have no description: what is wanted of their code can be undecidable.',
      'Of 41 pairs, 0 have equal sides, 1 no chosen and 0 no rejected response.',
      '30 groups and 30 pairs are both trained on and held out.',
      expect.stringMatching(/of the held-out responses are in the trained pairs/),
    ]);
  });
});

const sandbox = openSandbox('python3', 1);
if (sandbox === null) console.warn('skipped: tests of execution need python3');

describe.skipIf(sandbox === null)('execution', () => {
  const run = (program: string): Promise<boolean> =>
    sandbox === null ? Promise.reject() : runsToItsEnd(sandbox, program);

  test.each([
    ['comes to its end', 'print("hello")', true],
    ['raises', 'assert 1 == 2', false],
    ['does not parse', 'def f(:', false],
    ['leaves early with success', 'import sys\nsys.exit(0)', false],
    ['leaves past all handlers', 'import os\nos._exit(0)', false],
    ['takes more memory than it may', 'x = bytearray(3 << 30)', false],
    ['writes more than it may', 'open("f", "wb").write(b"x" * (4 << 20))', false],
  ])('a program that %s', async (_, program, passes) => {
    expect(await run(program)).toBe(passes);
  });

  test('a program that does not end is stopped, with what it started', { timeout: 30_000 }, async () => {
    expect(await run('import subprocess, sys\nsubprocess.Popen(["sleep", "60"])\nwhile True: pass')).toBe(false);
  });

  test('says which side passes the tests of its problem', async () => {
    const file = path.join(folder, 'tests.jsonl');
    const test = 'def check(f):\n    assert f(2) == 3\n';
    writeFileSync(file, `${JSON.stringify({ task_id: 'Set/0', entry_point: 'inc', test })}\n`);
    const prompt = 'def inc(x):\n';
    const right = '    return x + 1\n';
    const wrong = '    return x - 1\n';
    const rows = [
      pair({ id: 'a', group: 'Set/0', prompt, chosen: right, rejected: wrong }),
      pair({ id: 'b', group: 'set:Set/0', prompt, chosen: wrong, rejected: `${prompt}${right}` }),
      pair({ id: 'c', group: 'Set/0', prompt, chosen: wrong, rejected: '    return x\n' }),
      pair({ id: 'd', group: 'Set/1', prompt, chosen: right, rejected: wrong }),
    ];
    const { trained } = await auditPairs({
      trained: rows,
      heldOut: [],
      tokenizer: null,
      seed: 0,
      sample: 100,
      execution:
        sandbox === null
          ? null
          : {
              sandbox,
              tests: await readTests(file),
            },
    });
    expect(trained.judgements).toMatchObject([{ by: 'execution', n: 3, agree: 1, disagree: 1, silent: 1 }]);
  });
});

describe('pairs of a file', () => {
  const write = (name: string, rows: readonly object[]): string => {
    const file = path.join(folder, name);
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return file;
  };

  test('in our own shape keep all they say; a fifth of the groups is held out, none on both sides', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => pair({ id: `${i}`, group: `g${i % 50}`, edits: ['a: b'] }));
    const read = await readPairsFile(write('ours.jsonl', rows), 'python', () => {});
    const [trained, heldOut] = [await allRows(read.trained), await allRows(read.heldOut)];
    expect(trained.length + heldOut.length).toBe(200);
    expect(new Set(heldOut.map(({ group }) => group)).size).toBeGreaterThan(3);
    const groups = new Set(trained.map(({ group }) => group));
    expect(heldOut.filter(({ group }) => groups.has(group))).toEqual([]);
    expect(trained[0]).toMatchObject({ edits: ['a: b'], language: 'python' });
  });

  test('in the shapes of preferences are read too', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ question: `q${i}`, chosen: `a${i}`, rejected: `b${i}` }));
    const read = await readPairsFile(write('theirs.jsonl', rows), null, () => {});
    const trained = await allRows(read.trained);
    expect(trained).toHaveLength(8);
    expect(trained[0]).not.toHaveProperty('language');
  });
});
