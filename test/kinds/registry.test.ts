/** Laws that every kind of the registry keeps: what the rest of the program takes for granted. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTokenizer, tokenTable } from '../../harness/data/index.ts';
import { scoringNamed } from '../../harness/eval/index.ts';
import { builtInKinds, checkPlugin, metricLookup, type PairLengths } from '../../harness/kinds/index.ts';
import { kindOf, type Kind, type KindSpec, type TaskSpec } from '../../harness/spec/index.ts';
import { exampleKinds } from './example-specs.ts';

const { corpora, pairs, tasks, graders, tokenizers, starts } = builtInKinds;
const { examples, remove } = await exampleKinds();
afterAll(remove);

const exampleOf = (sort: string, { kind }: Kind): KindSpec => {
  const example = examples.find(({ name }) => name === `${sort}/${kind}`);
  if (example === undefined) throw new Error(`there is no example of ${sort}/${kind}`);
  return example.spec;
};

describe.each(examples.map((example) => [example.name, example] as const))('%s', (_, { kind, spec }) => {
  test('has a strict schema whose kind is the literal of its own', () => {
    const literal = kind.schema.shape['kind'] as z.ZodLiteral;
    expect(literal).toBeInstanceOf(z.ZodLiteral);
    expect(literal.def.values).toEqual([kind.kind]);
    expect(kind.schema.safeParse({ ...spec, unheardOf: 1 }).success).toBe(false);
  });

  test('keeps a spec as it is when it is read again, as a record is', () => {
    expect(kind.schema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test('has no fault to find with its own defaults', () => {
    expect(kind.rules?.(spec) ?? []).toEqual([]);
  });

  test('names locations that are fields of its schema', () => {
    for (const field of kind.locations ?? []) expect(Object.keys(kind.schema.shape)).toContain(field);
  });

  test('has a digest that is sha256 in hex, or none, and the same twice', () => {
    const digest = kind.digest?.(spec) ?? null;
    if (digest !== null) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(kind.digest?.(spec) ?? null).toBe(digest);
  });

  test('has a digest where it reads locations: they are no identity, what lies there is', () => {
    if ((kind.locations ?? []).length > 0) expect(kind.digest?.(spec)).toMatch(/^[0-9a-f]{64}$/);
  });
});

const expectPositive = (lengths: PairLengths): void => {
  for (const part of [lengths.prompt, lengths.chosen, lengths.rejected]) expect(part).toBeGreaterThan(0);
};

describe.each(tasks.map((kind) => [kind.kind, kind] as const))('task %s', (_, kind) => {
  test('has sizes and lengths before it is read', () => {
    const spec = exampleOf('tasks', kind) as TaskSpec;
    const { trainPairs, devPairs, testPairs, questions, candidates, leastCandidates } = kind.sizes(spec);
    for (const size of [devPairs, testPairs + questions, ...(trainPairs === null ? [] : [trainPairs])])
      expect(size).toBeGreaterThan(0);
    if (questions > 0) expect(leastCandidates).toBeGreaterThan(0);
    expect(leastCandidates).toBeLessThanOrEqual(candidates);
    expectPositive(kind.lengths(spec, 1024));
  });

  test('names a scoring that is registered, if any', () => {
    if (kind.scoring === undefined) return;
    expect(scoringNamed(kind.scoring).name).toBe(kind.scoring);
    expect(kind.headline.startsWith(`eval/${kind.scoring}_`)).toBe(true);
  });

  test('names a grader and a metric that are registered', () => {
    if (kind.grader !== null) expect(kindOf(graders, { kind: kind.grader }).kind).toBe(kind.grader);
    expect(metricLookup()(kind.headline)).toMatchObject({ name: kind.headline, unit: 'share', better: 'high' });
  });

  test('blames fields that it has', () => {
    for (const field of Object.values(kind.sizeFields ?? {})) expect(Object.keys(kind.schema.shape)).toContain(field);
  });
});

test.each(corpora.map((kind) => [kind.kind, kind] as const))('corpus %s expects functions', (_, kind) => {
  const { functions, heldOut } = kind.expectedFunctions(exampleOf('corpora', kind));
  expect(functions).toBeGreaterThan(0);
  expect(heldOut).toBeGreaterThanOrEqual(0);
  expectPositive(kind.lengths(exampleOf('corpora', kind), 1024));
});

test.each(pairs.map((kind) => [kind.kind, kind] as const))('pairs %s expects pairs', (_, kind) => {
  const corpus = kind.readsCorpus || kind.parts !== undefined ? { functions: 100, heldOut: 10 } : null;
  expect(kind.expectedPairs(exampleOf('pairs', kind), corpus).pairs).toBeGreaterThan(0);
  expectPositive(
    kind.lengths(exampleOf('pairs', kind), kind.readsCorpus ? { prompt: 9, chosen: 9, rejected: 9 } : null, 1024),
  );
});

test.each(tokenizers.map((kind) => [kind.kind, kind] as const))(
  'tokenizer %s makes the files of as many tokens as it says',
  async (_, kind) => {
    const spec = exampleOf('tokenizers', kind);
    const words = Array.from({ length: 2000 }, (_word, word) => (word ** 5).toString(36).replaceAll(/\d/g, 'z'));
    const { json, config } = await kind.make(spec, kind.readsCorpus ? words : null);
    const { highestId } = tokenTable(JSON.parse(json) as object);
    expect(highestId + 1).toBe(kind.vocabSize(spec));
    const { vocabSize } = openTokenizer('it', JSON.parse(json) as object, JSON.parse(config ?? '{}') as object);
    expect(vocabSize).toBeLessThanOrEqual(highestId + 1);
  },
);

test.each(graders.map((grader) => [grader.kind, grader] as const))(
  'the spelling of grader %s is stable, and every answer it reads is correct against itself',
  async (_, grader) => {
    for (const text of ['18', '1,200', '$3.50', '\\frac{1}{2}', 'x + 1']) {
      const answer = grader.normalize(text);
      if (answer === null) continue;
      expect(grader.normalize(answer)).toBe(answer);
      expect(await grader.isCorrect(answer, text)).toBe(true);
    }
    expect(await grader.isCorrect(null, '18')).toBe(false);
    expect(grader.version).toBeGreaterThanOrEqual(1);
    await grader.close?.();
  },
);

test('every name is there once in its sort', () => {
  for (const kinds of [corpora, pairs, tasks, graders, tokenizers, starts]) {
    const names = kinds.map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('a kind is one file in the folder of its sort, and every file that defines one is registered', () => {
  for (const [sort, kinds] of Object.entries({ corpora, pairs, tasks, graders, tokenizers, starts })) {
    const folder = path.resolve(import.meta.dirname, '../../harness/kinds', sort);
    const files = readdirSync(folder).map((file) => path.basename(file, '.ts'));
    for (const { kind } of kinds) expect(files).toContain(kind);
  }
});

test('what is built in would pass as a plug-in', () => {
  const { pluginDigests: _none, metrics: _open, ...plugin } = builtInKinds;
  expect(() => checkPlugin(plugin, 'built-in')).not.toThrow();
});
