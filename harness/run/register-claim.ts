/** The claim of the experiment goes on record as a sweep starts, before anything runs. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Plan } from '../plan/index.ts';
import { claimSchema, registeredClaims, withClaim, type ClaimSpec, type RegisteredClaim } from '../spec/index.ts';
import { isRecord, parseJson } from '../store/index.ts';

/**
 * What plan.json says about claims from now on.
 * @param file plan.json of an earlier sweep. Where it is not there or damaged, nothing was registered before.
 */
export function claimsOnRecord(
  file: string,
  { specText, plan }: { readonly specText: string; readonly plan: Plan },
): readonly RegisteredClaim[] {
  const earlier = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
  return withClaim(isRecord(earlier) ? registeredClaims(earlier['claims']) : [], {
    claim: claimOf(specText),
    seeds: [...new Set(plan.trials.map(({ seed }) => seed))].toSorted((a, b) => a - b),
    registeredAt: new Date().toISOString(),
  });
}

/** `report.claim` of a specification that was checked before. */
function claimOf(specText: string): ClaimSpec | null {
  const spec: unknown = parse(specText);
  const report = isRecord(spec) ? spec['report'] : null;
  const claim = isRecord(report) ? report['claim'] : null;
  return claimSchema.nullable().parse(claim ?? null);
}
