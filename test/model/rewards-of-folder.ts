/** Rewards and next-token logits of a model folder, from token ids, to be compared with those of other libraries. */
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { input, programOf } from '../../harness/graph/index.ts';
import {
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  loadModelFolder,
  logitsAt,
  parameterShapes,
  RowPacker,
  scoreNames,
  type LoadedModel,
} from '../../harness/model/index.ts';
import { OneSession, scoreResponses } from '../../harness/score/index.ts';

/** Prompt and response. */
export type TokenRow = readonly [readonly number[], readonly number[]];

export function openedFolder(folder: string): Promise<LoadedModel> {
  return loadModelFolder(folder, { missingHeads: 'leaveOut' });
}

export async function rewardsOf(loaded: LoadedModel, rows: readonly TokenRow[]): Promise<readonly number[]> {
  const sessions = new OneSession(onnxruntimeCpu(), { threads: 1 });
  try {
    const questions = rows.map(([prompt, response]) => ({
      prompt: Int32Array.from(prompt),
      responses: [Int32Array.from(response)],
    }));
    const rewards = await scoreResponses({ ...loaded, sessions }, questions);
    return rewards.map(([reward]) => reward as number);
  } finally {
    await sessions.release();
  }
}

/** Logits of the token after each row. */
export async function logitsOf(
  loaded: LoadedModel,
  rows: readonly TokenRow[],
): Promise<readonly (readonly number[])[]> {
  const { model, parameters } = loaded;
  const logits: (readonly number[])[] = [];
  for (const [prompt, response] of rows) {
    const tokens = [...prompt, ...response];
    const packed = new RowPacker(model.contextLength).pack([
      { prompt: Int32Array.from(prompt), responses: [Int32Array.from(response)] },
    ]);
    const declared = declareParameters(model);
    const used = Object.fromEntries(Object.entries(declared).filter(([name]) => !scoreNames.has(name)));
    const last = input('last', ['L'], 'int32');
    const program = programOf({
      outputs: { logits: logitsAt(model, used, hiddenStates(model, used, declareBatch()), { rows: last }) },
      state: [],
    });
    const feeds = Object.keys(used).map((name) => {
      const data = parameters[name] as Float32Array;
      return [name, { data, shape: parameterShapes(model).get(name) as readonly number[] }] as const;
    });
    const session = await onnxruntimeCpu().compile(program);
    const at = { last: { data: Int32Array.of(tokens.length - 1), shape: [1] } };
    const result = await session.run({ ...batchFeeds(packed), ...at, ...Object.fromEntries(feeds) });
    await session.release();
    logits.push([...(result['logits'] as Float32Array)]);
  }
  return logits;
}
