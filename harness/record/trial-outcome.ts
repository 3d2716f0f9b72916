/**
 * The outcome of a trial, from the outcomes of its stages. A trial that is not completed always says which stage
 * prevents it.
 */
import type { TrialOutcome } from './trial-result.ts';

/** One stage of a trial's chain, as its plan and its folder describe it. */
export interface ChainStage {
  readonly id: string;
  readonly kind: string | null;
  /** null where it was never started. */
  readonly outcome: string | null;
  /** Of one that failed; null where it is not known. */
  readonly errorClass?: string | null;
  readonly cause: string | null;
}

/** Stages that belong to the trial itself; it shares all others. */
const ownKinds: ReadonlySet<string | null> = new Set(['finetune', 'evaluate']);

/** Stages that stand beside the result: nothing waits for them. */
const leafKinds: ReadonlySet<string | null> = new Set(['audit', 'ranker']);

interface Became {
  readonly outcome: TrialOutcome;
  /** null where the trial is completed. */
  readonly cause: string | null;
}

/**
 * `completed`: its evaluation is done. Otherwise the first stage of its chain that ended badly decides: a divergence
 * makes it `diverged`, a failure of its own finetuning or evaluation `failed`, a failure of what it builds on
 * `blocked`. With nothing ended badly it is `pending`, also where a stage was cancelled: the next
 * sweep runs it. An evaluation on questions that were trained on is no result,
 * whenever it was made; an audit or a ranker that failed loses nothing.
 */
export function trialOutcomeOf(chain: readonly ChainStage[], evaluate: string): Became {
  const contaminated = chain.find(({ kind, outcome }) => kind === 'contamination' && outcome === 'failed');
  if (contaminated !== undefined) return { outcome: 'blocked', cause: causeOf(contaminated) };
  if (chain.some(({ id, outcome }) => id === evaluate && outcome === 'completed'))
    return { outcome: 'completed', cause: null };
  for (const stage of stagesInTheWay(chain)) {
    const outcome = badEnd(stage);
    if (outcome !== null) return { outcome, cause: causeOf(stage) };
  }
  const cancelled = chain.find(({ outcome }) => outcome === 'cancelled');
  if (cancelled !== undefined) return { outcome: 'pending', cause: causeOf(cancelled) };
  const done = chain.filter(({ outcome }) => outcome === 'completed').length;
  return { outcome: 'pending', cause: `${done} of ${chain.length} stages done` };
}

function causeOf({ id, outcome, errorClass = null, cause }: ChainStage): string {
  const end = errorClass === null ? outcome : `${outcome} (${errorClass})`;
  return `${id} ${end}: ${cause ?? 'no cause recorded'}`;
}

function badEnd({ kind, outcome }: ChainStage): TrialOutcome | null {
  if (outcome === 'diverged') return 'diverged';
  if (outcome !== 'failed' && outcome !== 'damaged') return null;
  return ownKinds.has(kind) ? 'failed' : 'blocked';
}

/**
 * A tuning run that diverged is a result for `select`, which goes on without it. Once the choice is made, nothing that
 * came before it can block.
 */
function stagesInTheWay(all: readonly ChainStage[]): readonly ChainStage[] {
  const chain = all.filter(({ kind }) => !leafKinds.has(kind));
  const select = chain.findIndex(({ kind }) => kind === 'select');
  const isChosen = chain[select]?.outcome === 'completed';
  return chain.filter((stage, index) => {
    if (index > select) return true;
    const isTuningResult = stage.kind === 'finetune' && stage.outcome === 'diverged';
    return !isChosen && !isTuningResult;
  });
}
