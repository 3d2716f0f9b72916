/** Laws that every kind of the registry keeps: what the rest of the program takes for granted. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { builtInKinds, checkPlugin, metricLookup, type PairLengths } from '../../harness/kinds/index.ts';
import { kindOf, type Kind, type KindSpec, type TaskSpec } from '../../harness/spec/index.ts';

const { corpora, pairs, tasks, graders, starts } = builtInKinds;
const all: readonly (readonly [string, Kind])[] = Object.entries({ corpora, pairs, tasks, starts }).flatMap(
  ([sort, kinds]) => kinds.map((kind) => [`${sort}/${kind.kind}`, kind] as const),
);

/** What a spec must say where there is no default; the first value of a list of words. */
function exampleOf(schema: unknown, field: string): unknown {
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return schema.def.values[0];
  if (schema instanceof z.ZodNumber) return Math.max(1, schema.minValue ?? 1);
  if (schema instanceof z.ZodString) return field === 'name' ? 'example' : path.join(import.meta.dirname, 'nothing');
  throw new Error(`the test knows no example of ${field}`);
}

/** A spec with nothing but what must be written. */
function leastSpec({ schema }: Kind): KindSpec {
  const required = Object.entries(schema.shape).filter(
    ([, field]) => !z.safeParse(field as z.ZodType, undefined).success,
  );
  return schema.parse(
    Object.fromEntries(required.map(([name, field]) => [name, exampleOf(field, name)])),
  ) as unknown as KindSpec;
}

/** Kinds that read files of the user's: their data are not there in this test. */
const readsFiles = ({ locations = [] }: Kind): boolean => locations.length > 0;

describe.each(all)('%s', (_, kind) => {
  test('has a strict schema whose kind is the literal of its own', () => {
    const literal = kind.schema.shape['kind'] as z.ZodLiteral;
    expect(literal).toBeInstanceOf(z.ZodLiteral);
    expect(literal.def.values).toEqual([kind.kind]);
    expect(kind.schema.safeParse({ ...leastSpec(kind), unheardOf: 1 }).success).toBe(false);
  });

  test('keeps a spec as it is when it is read again, as a record is', () => {
    const spec = leastSpec(kind);
    expect(kind.schema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test('has no fault to find with its own defaults', () => {
    expect(kind.rules?.(leastSpec(kind)) ?? []).toEqual([]);
  });

  test('names locations that are fields of its schema', () => {
    for (const field of kind.locations ?? []) expect(Object.keys(kind.schema.shape)).toContain(field);
  });

  test.skipIf(readsFiles(kind))('has a digest that is sha256 in hex, or none, and the same twice', () => {
    const digest = kind.digest?.(leastSpec(kind)) ?? null;
    if (digest !== null) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(kind.digest?.(leastSpec(kind)) ?? null).toBe(digest);
  });
});

const expectPositive = (lengths: PairLengths): void => {
  for (const part of [lengths.prompt, lengths.chosen, lengths.rejected]) expect(part).toBeGreaterThan(0);
};

describe.each(tasks.map((kind) => [kind.kind, kind] as const))('task %s', (_, kind) => {
  test('has sizes and lengths before it is read', () => {
    const spec = leastSpec(kind) as TaskSpec;
    const { trainPairs, devPairs, testPairs, questions, candidates, leastCandidates } = kind.sizes(spec);
    for (const size of [devPairs, testPairs, ...(trainPairs === null ? [] : [trainPairs])])
      expect(size).toBeGreaterThan(0);
    if (questions > 0) expect(leastCandidates).toBeGreaterThan(0);
    expect(leastCandidates).toBeLessThanOrEqual(candidates);
    expectPositive(kind.lengths(spec, 1024));
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
  const { functions, heldOut } = kind.expectedFunctions(leastSpec(kind));
  expect(functions).toBeGreaterThan(0);
  expect(heldOut).toBeGreaterThanOrEqual(0);
  expectPositive(kind.lengths(leastSpec(kind), 1024));
});

test.each(pairs.map((kind) => [kind.kind, kind] as const))('pairs %s expects pairs', (_, kind) => {
  const corpus = kind.readsCorpus ? { functions: 100, heldOut: 10 } : null;
  expect(kind.expectedPairs(leastSpec(kind), corpus).pairs).toBeGreaterThan(0);
  expectPositive(kind.lengths(leastSpec(kind), kind.readsCorpus ? { prompt: 9, chosen: 9, rejected: 9 } : null, 1024));
});

test.each(graders.map((grader) => [grader.kind, grader] as const))(
  'the spelling of grader %s is stable, and every answer it reads is correct against itself',
  (_, grader) => {
    for (const text of ['18', '1,200', '$3.50', '\\frac{1}{2}', 'x + 1']) {
      const answer = grader.normalize(text);
      if (answer === null) continue;
      expect(grader.normalize(answer)).toBe(answer);
      expect(grader.isCorrect(answer, text)).toBe(true);
    }
    expect(grader.isCorrect(null, '18')).toBe(false);
    expect(grader.version).toBeGreaterThanOrEqual(1);
  },
);

test('every name is there once in its sort', () => {
  for (const kinds of [corpora, pairs, tasks, graders, starts]) {
    const names = kinds.map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('a kind is one file in the folder of its sort, and every file that defines one is registered', () => {
  for (const [sort, kinds] of Object.entries({ corpora, pairs, tasks, graders, starts })) {
    const folder = path.resolve(import.meta.dirname, '../../harness/kinds', sort);
    const files = readdirSync(folder).map((file) => path.basename(file, '.ts'));
    for (const { kind } of kinds) expect(files).toContain(kind);
  }
});

test('what is built in would pass as a plug-in', () => {
  const { pluginDigests: _none, ...plugin } = builtInKinds;
  expect(() => checkPlugin(plugin, 'built-in')).not.toThrow();
});
