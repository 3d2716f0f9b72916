/**
 * Scoring as it is mostly done: sequences as they come, 32 at a time, padded to the longest of the batch, padding
 * computed like any token. A yardstick only.
 */
import type { Executor, Session } from '../engine/index.ts';
import type { ScoredQuestion } from '../score/index.ts';
import { programOf } from '../graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  lmHeadName,
  RowPacker,
  tokenScores,
  type Parameters,
  type Row,
  type ModelConfig,
} from '../model/index.ts';

const sequencesPerBatch = 32;

export class PaddedScorer {
  readonly #session: Session;
  readonly #packer: RowPacker;

  private constructor(session: Session, contextLength: number) {
    this.#session = session;
    this.#packer = new RowPacker(contextLength, 1);
  }

  static async open(
    { model, parameters }: { readonly model: ModelConfig; readonly parameters: Parameters },
    executor: Executor,
    threads: number,
  ): Promise<PaddedScorer> {
    const used = Object.fromEntries(
      Object.entries(declareParameters(model)).filter(([name]) => name !== lmHeadName(model)),
    );
    const scores = tokenScores(used, hiddenStates(model, used, declareBatch()));
    const session = await executor.compile(
      programOf({
        outputs: { scores },
        state: Object.entries(used).map(([name, input]) => ({ name, input, next: input })),
      }),
      { threads },
    );
    session.setState(Object.fromEntries(Object.keys(used).map((name) => [name, parameters[name] as Float32Array])));
    return new PaddedScorer(session, model.contextLength);
  }

  /** Rewards of every question's responses, read at their last tokens. */
  async score(questions: readonly ScoredQuestion[]): Promise<readonly Float32Array[]> {
    const rewards = questions.map(({ responses }) => new Float32Array(responses.length));
    const sequences = questions.flatMap(({ prompt, responses }, question) =>
      responses.map((response, index) => ({
        prompt,
        response,
        question,
        index,
        length: prompt.length + response.length,
      })),
    );
    for (let start = 0; start < sequences.length; start += sequencesPerBatch) {
      const batch = sequences.slice(start, start + sequencesPerBatch);
      const longest = Math.max(...batch.map(({ length }) => length));
      const packed = this.#packer.pack(
        batch.map(({ prompt, response }): Row => ({ prompt, responses: [filled(response, longest - prompt.length)] })),
      );
      const { scores } = await this.#session.run(batchFeeds(packed));
      for (const [row, { question, index, length }] of batch.entries())
        rewards[question]?.fill(scores?.[row * longest + length - 1] ?? Number.NaN, index, index + 1);
    }
    return rewards;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function filled(tokens: Int32Array, length: number): Int32Array {
  const padded = new Int32Array(length);
  padded.set(tokens);
  return padded;
}
