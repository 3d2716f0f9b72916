/**
 * What a generator that the experiment trains learns from: the functions themselves, or what their authors say of them.
 */
import { builtInKinds } from '../kinds/index.ts';
import { kindOf, type DescriptionsSpec, type KindSpec, type TrialSpec } from '../spec/index.ts';

type LearnedSections = Pick<TrialSpec, 'pairs' | 'descriptions'>;

/** One object for equal data: stages are remembered by it. */
const bodies = parsed(builtInKinds.pairs, { kind: 'functions' });
const documented = parsed(builtInKinds.descriptions, { kind: 'doc-comment', require: true }) as DescriptionsSpec;
const descriptionsByAsk = new Map<string, KindSpec>();

export function bodyData({ descriptions }: TrialSpec): LearnedSections {
  return { pairs: bodies, descriptions };
}

/** @param ask The prompt that asks for a description. */
export function descriptionData(ask: string): LearnedSections {
  const pairs =
    descriptionsByAsk.get(ask) ?? parsed(builtInKinds.pairs, { kind: 'functions', response: 'description', ask });
  descriptionsByAsk.set(ask, pairs);
  return { pairs, descriptions: documented };
}

function parsed(
  kinds: typeof builtInKinds.pairs | typeof builtInKinds.descriptions,
  section: { readonly kind: string; readonly [field: string]: unknown },
): KindSpec {
  return Object.freeze(kindOf<(typeof kinds)[number]>(kinds, section).schema.parse(section)) as unknown as KindSpec;
}
