/** A weighted mixture of pair sources, each with a share of its own that is recorded. */
import { z } from 'zod';
import { mixedPairs, type PreferencePair } from '../../data/index.ts';
import { kindOf, positive, unionOf, type KindSpec, type RuleBreak } from '../../spec/index.ts';
import type { PairsInputs, PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';

interface MixSpec extends KindSpec {
  readonly parts: Readonly<Record<string, KindSpec>>;
  readonly weights: Readonly<Record<string, number>>;
}

const partName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes');

/** @param sources What a mixture can be made of. */
export function mixOf(sources: readonly PairsKind[]): PairsKind<MixSpec> {
  const part = unionOf(sources) as unknown as z.ZodType<KindSpec>;
  return {
    kind: 'mix',
    schema: z.strictObject({
      kind: z.literal('mix'),
      parts: z.record(partName, part).describe('Pair sources by name.'),
      weights: z
        .record(partName, positive)
        .describe('Share of each part in every budget, relative to the others. The mixture ends with its first part.'),
    }),
    restated: ['parts'],
    readsCorpus: false,
    parts: ({ parts }) => parts,
    rules: (spec) => [...weightRules(spec), ...partRules(spec, sources)],
    lengths: () => unknownLengths,
    expectedPairs: ({ parts, weights }, corpus) => {
      const total = sum(Object.values(weights));
      const most = (count: (part: { pairs: number; heldOut: number }) => number): number =>
        Math.floor(
          Math.min(
            ...Object.entries(parts).map(([name, one]) => {
              const expected = kindOf(sources, one).expectedPairs(one, corpus);
              return count(expected) / ((weights[name] ?? 0) / total);
            }),
          ),
        );
      return { pairs: most(({ pairs }) => pairs), heldOut: most(({ heldOut }) => heldOut) };
    },
    make: async (spec, inputs) => mixed(spec, inputs),
  };
}

function weightRules({ parts, weights }: MixSpec): readonly RuleBreak[] {
  const names = Object.keys(parts);
  const missing = names.filter((name) => weights[name] === undefined);
  const unknown = Object.keys(weights).filter((name) => !names.includes(name));
  return [
    ...(names.length < 2 ? [{ fields: ['parts'], expected: 'two parts or more', found: String(names.length) }] : []),
    ...missing.map((name) => ({ fields: ['weights'], expected: `a weight for every part (${name})`, found: 'none' })),
    ...unknown.map((name) => ({ fields: [`weights.${name}`], expected: `a part: ${names.join(', ')}`, found: name })),
  ];
}

function partRules({ parts }: MixSpec, sources: readonly PairsKind[]): readonly RuleBreak[] {
  return Object.entries(parts).flatMap(([name, part]) => {
    const kind = kindOf(sources, part);
    const broken = kind.rules?.(part) ?? [];
    const own = broken.map((one) => ({ ...one, fields: one.fields.map((field) => `parts.${name}.${field}`) }));
    if (kind.hasPreference !== false) return own;
    return [...own, { fields: [`parts.${name}`], expected: 'a source of preference pairs', found: part.kind }];
  });
}

function mixed({ parts, weights }: MixSpec, inputs: PairsInputs): Awaited<ReturnType<PairsKind['make']>> {
  const made = (split: 'trained' | 'heldOut', counts: Record<string, number>): AsyncIterable<PreferencePair> =>
    mixedPairs(
      Object.keys(parts).map((name) => ({
        name,
        weight: weights[name] ?? 0,
        pairs: inputs.parts[name]?.[split] ?? [],
      })),
      counts,
    );
  const counts: Record<string, number> = {};
  const heldOutCounts: Record<string, number> = {};
  return { pairs: made('trained', counts), heldOut: made('heldOut', heldOutCounts), counts, heldOutCounts };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
