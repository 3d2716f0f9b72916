/**
 * Scoring as it is mostly done: sequences as they come, 32 at a time, padded to the longest of the batch, padding
 * computed like any token. A yardstick only.
 */
import type { Executor, Session } from '../engine/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import { programOf, type Program } from '../graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  lmHeadName,
  masksOf,
  packerFor,
  tokenScores,
  type Parameters,
  type Row,
  type RowPacker,
  type ModelConfig,
} from '../model/index.ts';

const sequencesPerBatch = 32;

export class PaddedScorer {
  readonly #session: Session;
  readonly #packer: RowPacker;
  readonly #masks: ReturnType<typeof masksOf>;

  private constructor(session: Session, model: ModelConfig) {
    this.#session = session;
    this.#packer = packerFor(model);
    this.#masks = masksOf(model);
  }

  static async open(
    { model, parameters }: { readonly model: ModelConfig; readonly parameters: Parameters },
    executor: Executor,
    threads: number,
  ): Promise<PaddedScorer> {
    const program = scoreProgram(model);
    const session = await executor.compile(program, { threads });
    session.setState(Object.fromEntries(program.state.map(({ name }) => [name, parameters[name] as Float32Array])));
    return new PaddedScorer(session, model);
  }

  /** Rewards of every question's responses, read at their last tokens. */
  async score(questions: readonly ScoredQuestion[]): Promise<readonly Float32Array[]> {
    const rewards = questions.map(({ responses }) => new Float32Array(responses.length));
    const sequences = sequencesOf(questions);
    for (let start = 0; start < sequences.length; start += sequencesPerBatch) {
      const batch = sequences.slice(start, start + sequencesPerBatch);
      for (const { question, index, reward } of await this.#scoreBatch(batch))
        rewards[question]?.fill(reward, index, index + 1);
    }
    return rewards;
  }

  async #scoreBatch(batch: readonly Sequence[]): Promise<readonly (Sequence & { readonly reward: number })[]> {
    const longest = Math.max(...batch.map(({ length }) => length));
    const rows = batch.map(({ prompt, response }): Row => {
      return { prompt, responses: [filled(response, longest - prompt.length)] };
    });
    const { scores } = await this.#session.run(batchFeeds(this.#packer.pack(rows), 0, this.#masks));
    return batch.map((sequence, row) => ({
      ...sequence,
      reward: scores?.[row * longest + sequence.length - 1] ?? Number.NaN,
    }));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function scoreProgram(model: ModelConfig): Program {
  const used = Object.fromEntries(
    Object.entries(declareParameters(model)).filter(([name]) => name !== lmHeadName(model)),
  );
  return programOf({
    outputs: { scores: tokenScores(used, hiddenStates(model, used, declareBatch())) },
    state: Object.entries(used).map(([name, input]) => ({ name, input, next: input })),
  });
}

/** One response behind its prompt, and its place in the input. */
interface Sequence {
  readonly prompt: Int32Array;
  readonly response: Int32Array;
  readonly question: number;
  readonly index: number;
  readonly length: number;
}

function sequencesOf(questions: readonly ScoredQuestion[]): readonly Sequence[] {
  return questions.flatMap(({ prompt, responses }, question) =>
    responses.map((response, index) => {
      return { prompt, response, question, index, length: prompt.length + response.length };
    }),
  );
}

function filled(tokens: Int32Array, length: number): Int32Array {
  const padded = new Int32Array(length);
  padded.set(tokens);
  return padded;
}
