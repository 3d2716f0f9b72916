/**
 * The forward program of scoring, and the arrays it is fed. Token-wise work runs on packed tokens, prompts once.
 * Attention runs in rows of at most 64 queries, a piece of a prompt or of a response, each against keys of its own:
 * [prompt | response], as if it stood alone. The last layer computes queries only for tokens whose states make a
 * reward.
 */
import { input, programOf, type Dim, type Program, type Tensor } from '../graph/index.ts';
import {
  declareParameters,
  lastLayerRotates,
  lmHeadName,
  maskOf,
  masksOf,
  parameterShapes,
  readStates,
  ropeFeeds,
  scoreName,
  tokenScores,
  type AttentionRows,
  type BatchInputs,
  type FeedArray,
  type MaskName,
  type ModelConfig,
  type QueryInputs,
  type ReadRows,
} from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { ScoreArrays } from './arrays.ts';
import type { LeastSizes } from './attention-rows.ts';

/**
 * Output `scores` [M, 1]: the reward head at the read tokens. Sizes: N tokens, B attention rows, Q queries and K keys a
 * row (W in layers with a window), M = B R read tokens.
 */
export function scoreProgram(model: ModelConfig): Program {
  const declared = declareParameters(model);
  const parameters = Object.fromEntries(scoredParameters(model).map((name) => [name, declared[name] as Tensor]));
  return programOf({
    outputs: { scores: tokenScores(parameters, readStates(model, parameters, declareRows(model))) },
    state: Object.entries(parameters).map(([name, tensor]) => ({ name, input: tensor, next: tensor })),
  });
}

/** A mean over a response reads all its tokens, and then there is little to leave out. */
function declareRows(model: ModelSpec): ReadRows {
  const tokens = allTokens();
  const rows = {
    attentionMask: allRows(tokens, { index: 'keyIndex', size: 'K', mask: 'attentionMask' }),
    windowMask: allRows(tokens, { index: 'windowKeyIndex', size: 'W', mask: 'windowMask' }),
  };
  const last = rows[maskOf(model, model.layers - 1)];
  return { ...rows, read: model.rewardPooling === 'last' ? { ...last, queries: readQueries(last) } : last };
}

/** Every token, and its place among the queries. */
function allTokens(): Pick<BatchInputs, 'tokenIds' | 'positions' | 'packIndex' | 'padIndex' | 'padMask'> {
  return {
    tokenIds: input('tokenIds', ['N'], 'int32'),
    positions: input('positions', ['N'], 'int32'),
    packIndex: input('packIndex', ['N'], 'int32'),
    padIndex: input('queryIndex', ['B', 'Q'], 'int32'),
    padMask: input('queryMask', ['B', 'Q']),
  };
}

/** The keys of layers with a mask. */
interface KeyNames {
  readonly index: string;
  readonly size: string;
  readonly mask: MaskName;
}

function allRows(tokens: ReturnType<typeof allTokens>, { index, size, mask }: KeyNames): AttentionRows {
  return {
    keys: { ...tokens, padIndex: input(index, ['B', size], 'int32'), packIndex: null, padMask: null },
    queries: { ...tokens, tokens: null, attentionMask: input(mask, ['B', 1, 'Q', size]), blocks: [] },
  };
}

/** Queries of the last tokens of responses, whose states make the rewards. */
function readQueries({ keys }: AttentionRows): QueryInputs {
  return {
    tokens: input('readTokens', ['M'], 'int32'),
    positions: input('readPositions', ['M'], 'int32'),
    packIndex: input('readPackIndex', ['M'], 'int32'),
    padIndex: input('readIndex', ['B', 'R'], 'int32'),
    padMask: input('readMask', ['B', 'R']),
    attentionMask: input('readAttentionMask', ['B', 1, 'R', keys.padIndex.shape[1] as Dim]),
    blocks: [],
  };
}

/** All but an LM head of its own. */
export function scoredParameters(model: ModelConfig): readonly string[] {
  return [...parameterShapes(model).keys()].filter((name) => name !== lmHeadName(model));
}

/**
 * What the program of `model` takes of them: learned positions are added to all tokens at the start, and a mean over a
 * response reads every token.
 */
export function scoreFeeds(model: ModelSpec, { feeds, rope }: ScoreArrays): Readonly<Record<string, FeedArray>> {
  const { tokenIds, positions, readTokens, readPositions, readPackIndex, readIndex, readMask, readAttentionMask } =
    feeds;
  const tokens = { tokenIds, positions, ...ropeFeeds(model, rope) };
  if (model.rewardPooling !== 'last') return { ...tokens, ...layerFeeds(feeds, masksOf(model), masksOf(model)) };
  const layers = layerFeeds(feeds, masksOf(model), masksOf(model, model.layers - 1));
  const read = { ...tokens, ...layers, readTokens, readPackIndex, readIndex, readMask, readAttentionMask };
  return lastLayerRotates(model) ? { ...read, readPositions } : read;
}

const keyNames = { attentionMask: 'keyIndex', windowMask: 'windowKeyIndex' } as const;

/** @param keyed Masks of all layers, which read keys. @param full Masks of layers with queries of every token. */
function layerFeeds(
  feeds: ScoreArrays['feeds'],
  keyed: readonly MaskName[],
  full: readonly MaskName[],
): Readonly<Record<string, FeedArray>> {
  const { packIndex, queryIndex, queryMask } = feeds;
  const named = [...keyed.map((mask) => keyNames[mask]), ...full].map((name) => [name, feeds[name] as FeedArray]);
  return { ...Object.fromEntries(named), ...(full.length > 0 && { packIndex, queryIndex, queryMask }) };
}

/**
 * How far small batches are filled up so that a reward does not depend on their size. ONNX Runtime's matrix product
 * (MLAS) gives its threads pieces of the columns when there are more columns than rows, and adds up products of long
 * rows in longer blocks when a piece is at most 64 columns wide: so a product whose columns could be cut that small is
 * given as many rows as columns, which are then cut instead. One row alone is computed by another kernel: two at least.
 */
export function leastSizes(model: ModelConfig, threads: number): LeastSizes {
  const widths = productWidths(model).filter((width) => width <= 96 * threads);
  return { tokens: threads === 1 ? 2 : Math.max(2, ...widths), rows: Math.ceil(threads / model.keyValueHeads) };
}

/** Rows and columns of all matrices but the reward head. */
function productWidths(model: ModelConfig): readonly number[] {
  return [...parameterShapes(model)].flatMap(([name, shape]) =>
    shape.length === 2 && name !== scoreName ? shape : [],
  );
}
