/**
 * Rewards of responses, forward only. Batches are sorted by length and bounded in tokens. A row holds at most four responses of one question, chosen by the
 * question alone; its length is rounded up, and pooling happens here in float64: so a reward does not depend on what else is in the batch.
 */
import type { Session } from '../engine/index.ts';
import { programOf, type Program } from '../graph/index.ts';
import { architectureKey, batchFeeds, declareBatch, declareParameters, hiddenStates, RowPacker, tokenScores, type PackedRows, type Parameters, type ResponseSpan, type Row } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';

/** Where compiled programs come from; the training room's session cache is one. */
export interface SessionSource {
  acquire(key: string, build: () => Program): Promise<{ readonly session: Session; done(): void }>;
}

export interface RewardModel { readonly model: ModelSpec; readonly vocabSize: number; readonly parameters: Parameters; readonly sessions: SessionSource }
export interface ScoredQuestion { readonly prompt: Int32Array; readonly responses: readonly Int32Array[] }

/**
 * A shared prompt saves tokens, but attention works on the square of a row, most of it hidden. CPU time of 1,600 responses of 25-75 tokens after prompts
 * of 20-50, relative to four a row: one 1.21, two 1.00, three 1.05, eight 1.14.
 */
const responsesPerRow = 4;
const tokensPerBatch = 4000;
/** Row lengths are multiples of this: sums over a row then run in the same order whatever the longest row of the batch. */
const rowLengthMultiple = 64;

/** Program with output `scores` [N, 1]: the reward head on every packed token. */
function scoreProgram(model: ModelSpec, vocabSize: number): Program {
  const parameters = declareParameters(model, vocabSize);
  const scores = tokenScores(parameters, hiddenStates(model, parameters, declareBatch()));
  return programOf({ outputs: { scores }, state: Object.entries(parameters).map(([name, input]) => ({ name, input, next: input })) });
}

/** Rewards of every question's responses, in input order. Throws RangeError where prompt + response exceeds the context length. */
export async function scoreResponses(reward: RewardModel, questions: readonly ScoredQuestion[]): Promise<readonly Float32Array[]> {
  const { model, vocabSize, parameters, sessions } = reward;
  const rewards = questions.map((question) => new Float32Array(question.responses.length));
  const lease = await sessions.acquire(`score ${architectureKey(model, vocabSize)}`, () => scoreProgram(model, vocabSize));
  try {
    lease.session.setState(parameters);
    const packer = new RowPacker(model.contextLength, rowLengthMultiple);
    for (const batch of lengthSortedBatches(questions.flatMap(rowsOf))) {
      const packed = packer.pack(batch);
      const { scores } = await lease.session.run({ ...batchFeeds(packed) });
      if (!scores) throw new Error('the score program has no output "scores"');
      for (const [index, value] of pooledRewards(packed, scores, model.rewardPooling).entries()) placeReward(rewards, batch, packed.spans, index, value);
    }
  } finally {
    lease.done();
  }
  return rewards;
}

interface QuestionRow extends Row { readonly question: number; readonly firstResponse: number; readonly length: number }

function rowsOf({ prompt, responses }: ScoredQuestion, question: number): readonly QuestionRow[] {
  return Array.from({ length: Math.ceil(responses.length / responsesPerRow) }, (_, chunk) => {
    const firstResponse = chunk * responsesPerRow;
    const some = responses.slice(firstResponse, firstResponse + responsesPerRow);
    return { prompt, responses: some, question, firstResponse, length: some.reduce((sum, response) => sum + response.length, prompt.length) };
  });
}

/** Longest first, so that the largest buffers are allocated once; a batch holds at least one row. */
function lengthSortedBatches(rows: readonly QuestionRow[]): readonly (readonly QuestionRow[])[] {
  const batches: QuestionRow[][] = [];
  let room = 0;
  for (const row of rows.toSorted((a, b) => b.length - a.length)) {
    if (row.length > room || batches.length === 0) {
      batches.push([]);
      room = tokensPerBatch;
    }
    batches.at(-1)?.push(row);
    room -= row.length;
  }
  return batches;
}

function pooledRewards(packed: PackedRows, scores: Float32Array, pooling: ModelSpec['rewardPooling']): readonly number[] {
  return packed.spans.map(({ start, length }) => {
    if (pooling === 'last') return scores[start + length - 1] ?? NaN;
    return scores.subarray(start, start + length).reduce((sum, score) => sum + score, 0) / length;
  });
}

/** Spans come in row order: the n-th span of a row is its n-th response. */
function placeReward(rewards: readonly Float32Array[], batch: readonly QuestionRow[], spans: readonly ResponseSpan[], index: number, value: number): void {
  const row = spans[index]?.row ?? 0;
  const source = batch[row];
  const inRow = index - spans.findIndex((span) => span.row === row);
  if (source) rewards[source.question]?.fill(value, source.firstResponse + inRow, source.firstResponse + inRow + 1);
}
