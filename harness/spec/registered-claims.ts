/**
 * Claims of an experiment as its sweeps recorded them in plan.json, the oldest first. Each has the time at which the
 * sweep started that brought it, so that a report can tell whether it was there before the first result.
 */
import { z } from 'zod';
import { claimSchema, type ClaimSpec } from './claim-schema.ts';

const registeredSchema = z.object({
  /** null: the experiment had none from then on. */
  claim: claimSchema.nullable(),
  /** Of the trials that were planned. */
  seeds: z.array(z.number()),
  /** ISO time. */
  registeredAt: z.string(),
});
export type RegisteredClaim = Readonly<Omit<z.output<typeof registeredSchema>, 'seeds'>> & {
  readonly seeds: readonly number[];
};

/** Of what a plan holds under `claims`. What this version does not understand is left out. */
export function registeredClaims(claims: unknown): readonly RegisteredClaim[] {
  if (!Array.isArray(claims)) return [];
  return claims.flatMap((entry: unknown) => registeredSchema.safeParse(entry).data ?? []);
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
