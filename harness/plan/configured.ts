/** Sections on their way into stage configs: what bears identity stays, where data lies is told beside it. */
import type { Kinds } from '../kinds/index.ts';
import { kindOf, type Kind, type KindSpec, type TrialSpec } from '../spec/index.ts';
import type { EncodedConfig } from '../stages/index.ts';
import type { Locations } from '../store/index.ts';
import { sha256 } from './fingerprint.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** Of a stage that begins with something else, or at random. */
export const noStart = { start: null, startDigest: null, plugin: null } as const;

/**
 * A section without its locations and without what other stages stand for, and these fields beside it: the stage reads
 * the section as it was written.
 */
export function configuredSection<Spec extends KindSpec>(
  name: string,
  section: Spec,
  { locations: places = [], restated = [] }: Kind,
): { readonly section: Spec; readonly locations: Locations } {
  const locations = [...places, ...restated];
  if (locations.length === 0) return { section, locations: {} };
  const fields = Object.entries(section);
  const kept = Object.fromEntries(fields.filter(([field]) => !locations.includes(field)));
  const moved = Object.fromEntries(fields.filter(([field]) => locations.includes(field)));
  return { section: Object.freeze(kept) as unknown as Spec, locations: { [name]: moved } };
}

/** How the rows of a trial become token ids. */
export function encodingOf({ model, overLength }: Pick<TrialSpec, 'model' | 'overLength'>): EncodedConfig {
  const { contextLength, responseEnd } = model;
  return { contextLength, overLength: overLength === 'drop' ? null : overLength, responseEnd };
}

/**
 * The start of a stage without a backbone. `random` leaves no trace in an identity: it was there before starts were.
 * For one that the experiment trains, an input of the stage stands.
 */
export function configuredStart(
  start: KindSpec,
  { kinds, digestOf }: Pick<PlanInputs, 'kinds' | 'digestOf'>,
): {
  readonly config: {
    readonly start: KindSpec | null;
    readonly startDigest: string | null;
    readonly plugin: string | null;
  };
  readonly locations: Locations;
} {
  const kind = kindOf(kinds.starts, start);
  if (start.kind === 'random' || kind.training !== undefined) return { config: noStart, locations: {} };
  const { section, locations } = configuredSection('start', start, kind);
  return {
    config: { start: section, startDigest: digestOf(kind, start), plugin: pluginOf([kind], kinds) },
    locations,
  };
}

/** Of the chat templates that rows may be rendered by; null where none of them are files beside the tokenizer. */
export function templatesDigestOf<Spec extends KindSpec>(
  kind: { rendersChat?(spec: Spec): boolean },
  section: Spec,
  { start, tokenizer }: Pick<TrialSpec, 'start' | 'tokenizer'>,
  kinds: Kinds,
): string | null {
  if (kind.rendersChat?.(section) !== true) return null;
  const { starts, tokenizers } = kinds;
  if (kindOf(starts, start).provides(start) !== null) return kindOf(starts, start).templatesDigest?.(start) ?? null;
  return kindOf(tokenizers, tokenizer).templatesDigest?.(tokenizer) ?? null;
}

/** sha256 of the plug-ins that these kinds come from; null where all of them are ours. */
export function pluginOf(used: readonly object[], kinds: Kinds): string | null {
  const digests = unique(used.flatMap((kind) => kinds.pluginDigests.get(kind) ?? []));
  return digests.length > 1 ? sha256(digests.join(' ')) : (digests[0] ?? null);
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
