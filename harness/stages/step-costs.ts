/**
 * The cost of a training step, and of scoring one question, worked out once for all stages that do the same: a plan of
 * hundreds of stages has a handful.
 */
import { scoreResponses, type ScoredQuestion } from '../score/index.ts';
import { architectureKey, parameterShapes, type ModelConfig } from '../model/index.ts';
import type { PairLengths } from '../kinds/index.ts';
import type { Work } from './work.ts';
import { costOfRuns, DryExecutor, SessionCache, stepCost, type StepCost, type StepOptions } from '../train/index.ts';

/** Questions that are scored, all equally long. */
export interface ScoredSet {
  readonly model: ModelConfig;
  readonly questions: number;
  readonly responses: number;
  readonly lengths: PairLengths;
}

export class StepCosts {
  readonly #costs = new Map<string, Promise<StepCost>>();

  ofTraining(step: StepOptions, pairs: number, lengths: PairLengths): Promise<StepCost> {
    const { model, parts, features, optimizer } = step;
    const key = JSON.stringify([
      architectureKey(model),
      parts,
      features,
      optimizer.momentStorage,
      optimizer.ema,
      pairs,
      lengths,
    ]);
    return this.#remember(key, () =>
      stepCost(step, {
        pairs,
        promptTokens: lengths.prompt,
        chosenTokens: lengths.chosen,
        rejectedTokens: lengths.rejected,
      }),
    );
  }

  async ofScoring({ model, questions, responses, lengths }: ScoredSet): Promise<Work> {
    if (questions === 0) return {};
    const cost = await this.#remember(JSON.stringify([architectureKey(model), responses, lengths]), () =>
      scoringCost(model, responses, lengths),
    );
    const work = asWork(cost);
    return Object.fromEntries(
      Object.entries(work).map(([unit, amount]) => [unit, (amount * questions) / sampledQuestions]),
    );
  }

  #remember(key: string, work: () => Promise<StepCost>): Promise<StepCost> {
    const known = this.#costs.get(key) ?? work();
    this.#costs.set(key, known);
    return known;
  }
}

/** Enough for a few full batches. */
const sampledQuestions = 48;

async function scoringCost(model: ModelConfig, responses: number, lengths: PairLengths): Promise<StepCost> {
  const executor = new DryExecutor();
  const parameters = Object.fromEntries([...parameterShapes(model).keys()].map((name) => [name, noValues]));
  const sessions = new SessionCache(executor, { threads: 1 });
  await scoreResponses({ model, parameters, sessions }, sampleQuestions(responses, lengths));
  return costOfRuns(executor.takeRuns(), executor.programs);
}

/** All different: equal prompts and responses may be scored once. */
function sampleQuestions(responses: number, { prompt, chosen, rejected }: PairLengths): ScoredQuestion[] {
  const tokens = (length: number, value: number): Int32Array =>
    new Int32Array(Math.max(1, Math.round(length))).fill(value);
  return Array.from({ length: sampledQuestions }, (_, question) => ({
    prompt: tokens(prompt, question),
    responses: Array.from({ length: responses }, (_response, index) => tokens((chosen + rejected) / 2, index)),
  }));
}

const noValues = new Float32Array(0);

export function asWork({ matmulFlops, bytes, operations }: StepCost): Work {
  return { gigaflops: matmulFlops / 1e9, gigabytes: bytes / 1e9, operations };
}
