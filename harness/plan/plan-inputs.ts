/** What a plan rests on besides the experiment: the kinds there are, their data, and the backend that will compute. */
import type { Kinds } from '../kinds/index.ts';
import type { Kind, KindSpec } from '../spec/index.ts';

/** Digests of what stages read that no other stage writes. */
export interface PlanInputs {
  readonly kinds: Kinds;
  /** Of the backend that will carry the stage out; null = ours. */
  readonly numericsOf: (stage: string) => string | null;
  /** sha256 of the data behind a section; null where there are none. */
  readonly digestOf: (kind: Kind, spec: KindSpec) => string | null;
}

/** Plain inputs: the kinds' own digests, and our own backend. */
export function planInputs(kinds: Kinds): PlanInputs {
  return { kinds, digestOf: (kind, spec) => kind.digest?.(spec) ?? null, numericsOf: () => null };
}
