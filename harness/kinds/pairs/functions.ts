/**
 * No preference: functions as people wrote them, for language modelling. `chosen` is the response, `rejected` is empty.
 * Generators are trained on it.
 */
import { z } from 'zod';
import { fillTemplate, type PreferencePair, type PromptedFunction, type Rows } from '../../data/index.ts';
import type { PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';

const schema = z.strictObject({
  kind: z.literal('functions'),
  response: z
    .enum(['body', 'description'])
    .default('body')
    .describe('body: the function for its prompt; description: its description for its code.'),
  ask: z
    .string()
    .default('{signature}{body}\n')
    .describe('The prompt where the response is the description. {signature}, {body}, {language}.'),
});

type FunctionsSpec = z.output<typeof schema>;

export const functions: PairsKind<FunctionsSpec> = {
  kind: 'functions',
  schema,
  readsCorpus: true,
  hasPreference: false,
  lengths: (_, corpus) => ({ ...(corpus ?? unknownLengths), rejected: 1 }),
  expectedPairs: (_, corpus) => ({ pairs: corpus?.functions ?? 0, heldOut: corpus?.heldOut ?? 0 }),
  make: async (spec, { functions: read }) => {
    const counts: Record<string, number> = {};
    const heldOutCounts: Record<string, number> = {};
    return {
      pairs: asPairs(spec, read?.trained ?? [], counts),
      heldOut: asPairs(spec, read?.heldOut ?? [], heldOutCounts),
      counts,
      heldOutCounts,
    };
  },
};

async function* asPairs(
  spec: FunctionsSpec,
  rows: Rows<PromptedFunction>,
  counts: Record<string, number>,
): AsyncGenerator<PreferencePair> {
  counts['function: no description'] = 0;
  for await (const fn of rows) {
    const text = spec.response === 'body' ? { prompt: fn.prompt, chosen: fn.body } : described(fn, spec.ask);
    if (text !== null) yield { ...text, ...commonOf(fn), rejected: '' };
    else counts['function: no description'] = (counts['function: no description'] ?? 0) + 1;
  }
}

function described(
  { signature, body, language, description }: PromptedFunction,
  ask: string,
): Pick<PreferencePair, 'prompt' | 'chosen'> | null {
  return description === null
    ? null
    : { prompt: fillTemplate(ask, { signature, body, language }), chosen: description };
}

function commonOf(fn: PromptedFunction): Omit<PreferencePair, 'prompt' | 'chosen' | 'rejected'> {
  return {
    id: fn.id,
    group: fn.id,
    source: `${fn.package}/${fn.file}:${fn.line}`,
    edits: [],
    language: fn.language,
    isDescribed: fn.description !== null,
  };
}
