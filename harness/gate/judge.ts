/**
 * All metrics of a gate are one family under Holm's correction: a gate without any change alarms with a probability of
 * `gateLevel` at most, however many metrics it has.
 */
import { holm, pAbove, smallestEffect, type Center } from '../stats/index.ts';
import type { Draft, Finding, Loss } from './finding.ts';

/** Of one gate. An alarm stops somebody's work, and a gate runs on every change. */
export const gateLevel = 0.005;

/** The power that the smallest detectable change is stated for. */
export const statedPower = 0.8;

export function judge(drafts: readonly Draft[]): readonly Finding[] {
  const tested = drafts.filter(isTested);
  const adjusted = holm(tested.map(({ tested: { p } }) => p));
  return drafts.map((draft) => {
    if (!isTested(draft))
      return { ...draft, outcome: draft.outcome ?? 'inconclusive', adjustedP: null, detectable: null };
    return judged(draft, adjusted[tested.indexOf(draft)] as number, tested.length);
  });
}

function judged(draft: TestedDraft, adjustedP: number, family: number): Finding {
  const { loss } = draft.tested;
  const found = { ...draft, adjustedP, detectable: detectable(loss, family) };
  if (adjustedP < gateLevel) return { ...found, outcome: 'regressed' };
  // No spread, so no test but by signs; to call that passed would be wrong, however few they are.
  if (loss.center.standardError === null && loss.center.mean > loss.bound)
    return { ...found, outcome: 'inconclusive', notes: [...draft.notes, sameLoss] };
  return { ...found, outcome: 'passed' };
}

const sameLoss = 'All lost exactly the same, and they are too few to test that: add seeds or rounds.';

type TestedDraft = Draft & { readonly tested: NonNullable<Draft['tested']> };

function isTested(draft: Draft): draft is TestedDraft {
  return draft.tested !== null && draft.outcome === null;
}

/**
 * p of "the true loss is at most `bound`". Where all units lost the same there is no spread to test by: then by signs,
 * of which each is worse with probability one half at most.
 */
export function pOfLoss(center: Center, bound: number): number {
  return pAbove(center, bound) ?? (center.mean > bound ? 0.5 ** center.n : 1);
}

/** At the level that Holm gives the smallest p: then it is found whatever the others say. */
function detectable({ center, bound, asChange }: Loss, family: number): number | null {
  const { standardError, degrees } = center;
  if (standardError === null || degrees === null) return null;
  // The level is one-sided; `smallestEffect` takes a two-sided one.
  const alpha = (2 * gateLevel) / family;
  const n = Math.max(2, Math.floor(degrees) + 1);
  return Math.abs(asChange(bound + smallestEffect({ power: statedPower, alpha, n, standardError })));
}
