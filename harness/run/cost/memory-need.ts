/**
 * The memory a stage needs in its worker process: what its program needs at its fullest (from the graph), what the
 * process holds beside it, and how much of the machine there is for all workers together.
 */
import type { PairLengths } from '../../kinds/index.ts';
import type { PlannedStage } from '../../plan/index.ts';
import { pairLengthsOf, stageKind, type WorkContext } from '../../stages/index.ts';
import type { StepCost } from '../../train/index.ts';

/**
 * A worker before its first batch: Node 120 MB, the runtime, its thread and the code of the stages 80 MB. With it and
 * the two factors below, the peak resident size of six fresh training processes (four families, 0.3 to 21 M parameters,
 * 2 to 16 pairs) came out at 0.97 to 1.13 of what was measured.
 */
const processBytes = 200e6;
/** The runtime's memory is a little larger than the results that are alive in it. */
const arenaFactor = 1.05;
/**
 * A changing state of AdamW is three arrays, and `stateBytes` counts two buffers of each, as devices have. The CPU has
 * one of each, the gradient and the copies that the package makes of it, and the state that the run started from: about
 * ten arrays for six.
 */
const stateCopies = 1.7;
/**
 * The process that checks saved models (123 MB built, 180 MB from sources), and what it holds of a model: the file, the
 * loaded parameters, the engine's copy.
 */
const checkerBytes = 180e6;
const checkerCopies = 3;
/** The longest pairs of a batch against the mean. */
const longestFactor = 1.5;

/**
 * Peak bytes, null for stages that do not train (theirs is a fraction of that of the training they belong to).
 */
export async function memoryOfStage(stage: PlannedStage, context: WorkContext): Promise<number | null> {
  const training = stageKind(stage.kind)?.training?.(stage.config) ?? null;
  if (training === null) return null;
  const { model } = training.step;
  const { memory } = await context.steps.ofTraining(
    training.step,
    training.pairs,
    longest(pairLengthsOf(stage, model, context), model.contextLength),
  );
  const checker = stage.kind === 'finetune' ? checkerBytes + checkerCopies * 4 * (stage.cost.paramsTotal ?? 0) : 0;
  return Math.round(checker + processPeak(memory));
}

/** Peak resident bytes of a process that trains with programs of this peak. */
export function processPeak({ stateBytes, feedBytes, constantBytes, intermediateBytes }: StepCost['memory']): number {
  return processBytes + stateCopies * stateBytes + feedBytes + constantBytes + arenaFactor * intermediateBytes;
}

/** A batch holds pairs of similar length, so its longest are all long; none exceeds what the model reads. */
function longest({ prompt, chosen, rejected }: PairLengths, contextLength: number): PairLengths {
  const scale = Math.min(longestFactor, contextLength / (prompt + Math.max(chosen, rejected)));
  return { prompt: prompt * scale, chosen: chosen * scale, rejected: rejected * scale };
}
