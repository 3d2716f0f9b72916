/** The claim of the experiment goes on record as a sweep starts, before anything runs. */
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import type { Plan } from '../plan/index.ts';
import { claimSchema, registeredClaims, withClaim, type ClaimSpec, type RegisteredClaim } from '../spec/index.ts';
import { UserError } from '../spec/user-error.ts';
import { isRecord, readSealedRecord } from '../store/index.ts';

/**
 * What plan.json says about claims from now on.
 * @param file plan.json of an earlier sweep. Where it is not there or damaged, nothing was registered before; `onDamage`
 *   is told why.
 */
export function claimsOnRecord(
  file: string,
  { specText, plan }: { readonly specText: string; readonly plan: Plan },
  onDamage: (why: string) => void,
): readonly RegisteredClaim[] {
  return withClaim(existsSync(file) ? earlierClaims(file, onDamage) : [], {
    claim: claimOf(specText),
    seeds: [...new Set(plan.trials.map(({ seed }) => seed))].toSorted((a, b) => a - b),
    registeredAt: new Date().toISOString(),
  });
}

function earlierClaims(file: string, onDamage: (why: string) => void): readonly RegisteredClaim[] {
  try {
    return registeredClaims(readSealedRecord(file)['claims']);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onDamage(`${error.message}; a claim that it registered counts as registered now`);
    return [];
  }
}

/** `report.claim` of a specification that was checked before. */
function claimOf(specText: string): ClaimSpec | null {
  const spec: unknown = parse(specText);
  const report = isRecord(spec) ? spec['report'] : null;
  const claim = isRecord(report) ? report['claim'] : null;
  return claimSchema.nullable().parse(claim ?? null);
}
