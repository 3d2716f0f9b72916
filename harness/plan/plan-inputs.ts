/** What a plan rests on besides the experiment: the kinds there are, their data, and the backend that will compute. */
import type { Kinds } from '../kinds/index.ts';
import { numericsName } from '../stages/index.ts';
import { sha256 } from './fingerprint.ts';
import type { Kind, KindSpec, Numerics } from '../spec/index.ts';

/** Digests of what stages read that no other stage writes. */
export interface PlanInputs {
  readonly kinds: Kinds;
  /**
   * Name of the arithmetic of the backend that will carry the stage out, where the trial asks for these numerics; null
   * = ours.
   * @throws UserError (2) where the backend does not compute in them.
   */
  readonly numericsOf: (stage: string, asked: Numerics) => string | null;
  /** sha256 of the data behind a section; null where there are none. */
  readonly digestOf: (kind: Kind, spec: KindSpec) => string | null;
}

const absent = 'absent ';

/**
 * Stands for data that are not here: no stage that is run can have the identity of one that is planned so. Data that are
 * said to lie elsewhere, or to be otherwise, are other data.
 */
function absentDigest(spec: KindSpec): string {
  return `${absent}${sha256(JSON.stringify(spec))}`;
}

export function isAbsentDigest(digest: string): boolean {
  return digest.startsWith(absent);
}

/** Plain inputs: the kinds' own digests, and arithmetic under the name that is asked for. */
export function planInputs(kinds: Kinds): PlanInputs {
  const isAbsent = (kind: Kind, spec: KindSpec): boolean =>
    kinds.withoutData === true && (kind.rules?.(spec) ?? []).some((broken) => broken.isAbsent === true);
  return {
    kinds,
    digestOf: (kind, spec) => (isAbsent(kind, spec) ? absentDigest(spec) : (kind.digest?.(spec) ?? null)),
    numericsOf: (_, asked) => numericsName(null, asked),
  };
}
