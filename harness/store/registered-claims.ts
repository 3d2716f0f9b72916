/**
 * Claims of an experiment as its sweeps recorded them in plan.json, the oldest first. Each has the time at which the
 * sweep started that brought it, so that a report can tell whether it was there before the first result.
 */
import { claimSchema, type ClaimSpec } from '../spec/index.ts';
import { isRecord, listOf, textOf, type JsonRecord } from './read-json.ts';

export interface RegisteredClaim {
  /** null: the experiment had none from then on. */
  readonly claim: ClaimSpec | null;
  /** Of the trials that were planned. */
  readonly seeds: readonly number[];
  /** ISO time. */
  readonly registeredAt: string;
}

/** None where the plan has none, or one that this version does not understand. */
export function registeredClaims(plan: JsonRecord): readonly RegisteredClaim[] {
  return listOf(plan, 'claims').flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const claim = claimSchema.nullable().safeParse(entry['claim']);
    const registeredAt = textOf(entry, 'registeredAt');
    if (!claim.success || registeredAt === null) return [];
    return [{ claim: claim.data, seeds: listOf(entry, 'seeds').map(Number), registeredAt }];
  });
}

/**
 * The claims with that of a sweep that starts now: one entry more where the claim is another one, or where seeds come
 * that were not planned with it.
 */
export function withClaim(known: readonly RegisteredClaim[], now: RegisteredClaim): readonly RegisteredClaim[] {
  const last = known.at(-1);
  if (last === undefined && now.claim === null) return known;
  const isKnown = last !== undefined && isSameClaim(last.claim, now.claim);
  const isPlanned = now.claim === null || now.seeds.every((seed) => last?.seeds.includes(seed));
  return isKnown && isPlanned ? known : [...known, now];
}

/** Fields of a parsed claim have one order. */
export const isSameClaim = (a: ClaimSpec | null, b: ClaimSpec | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
