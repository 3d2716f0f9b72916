/**
 * What became of a trial, from what became of its stages. A trial that is not completed always says which stage stands
 * in its way.
 */
import type { TrialOutcome } from './trial-result.ts';

export interface StageState {
  readonly kind: string;
  readonly outcome: string;
  readonly cause: string | null;
}

/** Stages that belong to the trial itself; all others are shared foundations. */
const ownKinds: ReadonlySet<string> = new Set(['finetune', 'evaluate']);

/**
 * `completed`: its evaluation is done. Otherwise the first stage of its chain that ended badly decides: a divergence
 * makes it `diverged`, a failure of its own finetuning or evaluation `failed`, a failure of what it builds on
 * `blocked`. With nothing ended badly it is `pending`.
 */
export function trialOutcomeOf(
  chain: readonly string[],
  evaluate: string,
  states: ReadonlyMap<string, StageState>,
): { outcome: TrialOutcome; cause: string | null } {
  if (states.get(evaluate)?.outcome === 'completed') return { outcome: 'completed', cause: null };
  const ends = chain.flatMap((id) => {
    const state = states.get(id);
    return state === undefined ? [] : [{ id, state, outcome: badEnd(id, state) }];
  });
  const bad = ends.find((end) => end.outcome !== null && isInTheWay(end.id, chain, states));
  if (bad?.outcome !== undefined && bad.outcome !== null)
    return { outcome: bad.outcome, cause: `${bad.id} ${bad.state.outcome}: ${bad.state.cause ?? 'no cause recorded'}` };
  const done = ends.filter((end) => end.state.outcome === 'completed').length;
  return { outcome: 'pending', cause: `${done} of ${chain.length} stages done` };
}

function badEnd(id: string, state: StageState): TrialOutcome | null {
  if (state.outcome === 'diverged') return 'diverged';
  if (state.outcome !== 'failed' && state.outcome !== 'damaged') return null;
  return ownKinds.has(state.kind === '' ? id.slice(0, id.lastIndexOf('-')) : state.kind) ? 'failed' : 'blocked';
}

/**
 * A tuning run that diverged is a result for `select`, which goes on without it; once the choice is made, nothing that
 * came before it can block.
 */
function isInTheWay(id: string, chain: readonly string[], states: ReadonlyMap<string, StageState>): boolean {
  const select = chain.findIndex((stage) => stage.startsWith('select-'));
  if (select < 0 || chain.indexOf(id) > select) return true;
  const isChosen = states.get(chain[select] ?? '')?.outcome === 'completed';
  const isTuningResult = id.startsWith('finetune-') && states.get(id)?.outcome === 'diverged';
  return !isChosen && !isTuningResult;
}
