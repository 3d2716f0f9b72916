/** The arrays that a training step is fed, with some of its savings left out. */
import type { EncodedPair } from '../data/preference-pair.ts';
import type { Feeds } from '../engine/index.ts';
import {
  batchFeeds,
  marginPooling,
  maskOf,
  masksOf,
  numbered,
  readFeeds,
  readTokens,
  RowPacker,
  rowMasks,
  tokensOfRow,
  weightedLabels,
  type ModelConfig,
  type PackedRows,
  type PairSpans,
  type ResponseSpan,
  type Row,
  type WeightedLabels,
} from '../model/index.ts';
import { cutIntoMicroBatches, labelFeeds, poolingFeed } from '../train/index.ts';

export interface Variant {
  readonly name: string;
  readonly sharedPrompt: boolean;
  readonly isPadded: boolean;
  readonly logits: 'chosen rows' | 'labels';
  readonly lastLayer: 'all tokens' | 'read tokens';
  readonly isCut: boolean;
  /** How the program is run, not what it is fed. */
  readonly updatesInPlace: boolean;
}

/** The feeds of one step of the variant. */
export function variantFeeds(
  variant: Variant,
  { model, microBatches }: { readonly model: ModelConfig; readonly microBatches: number },
  pairs: readonly EncodedPair[],
): Feeds {
  const rows = pairs.flatMap((pair) => rowsOf(pair, variant));
  const length = variant.isPadded ? Math.max(...rows.map(tokensOfRow)) : 0;
  const cut = cutIntoMicroBatches(rows, microBatches);
  return {
    pairCount: pairs.length,
    labelCount: pairs.reduce((sum, { chosen }) => sum + chosen.length, 0),
    ...Object.fromEntries(
      cut.flatMap((some, index) => Object.entries(microBatchFeeds(variant, model, padded(some, length, model), index))),
    ),
  };
}

function rowsOf({ prompt, chosen, rejected }: EncodedPair, { sharedPrompt }: Variant): readonly Row[] {
  return sharedPrompt
    ? [{ prompt, responses: [chosen, rejected] }]
    : [
        { prompt, responses: [chosen] },
        { prompt, responses: [rejected] },
      ];
}

/** The rows filled up to `length` tokens each, with responses that end where they did. */
function padded(rows: readonly Row[], length: number, model: ModelConfig): PackedRows {
  const packer = new RowPacker(model.contextLength + length, 1, rowMasks(model));
  return trimmed(packer.pack(rows.map((row) => lengthened(row, length))), rows);
}

function microBatchFeeds(variant: Variant, model: ModelConfig, packed: PackedRows, index: number): Feeds {
  const labels = labelsOf(variant, packed);
  const labelRows = variant.lastLayer === 'read tokens' ? labels.labelRows : everyToken(packed);
  const last = maskOf(model, model.layers - 1);
  const read = readTokens(packed, { labelRows, pooling: model.rewardPooling, mask: last });
  return {
    ...batchFeeds(packed, index, masksOf(model, model.layers - 1)),
    ...readFeeds(read, model, index),
    [numbered('marginPooling', index)]: poolingFeed(marginPooling, { packed, pairs: pairsOf(packed) }, { read, model }),
    ...labelFeeds(labels, read, index),
  };
}

function labelsOf({ logits }: Variant, packed: PackedRows): WeightedLabels {
  const chosen = pairsOf(packed).map((pair) => pair.chosen);
  return logits === 'labels' ? weightedLabels(packed, chosen) : labelsEverywhere(packed, chosen);
}

function everyToken({ tokens }: PackedRows): Int32Array {
  return Int32Array.from({ length: tokens }, (_, token) => token);
}

function pairsOf({ spans }: PackedRows): readonly PairSpans[] {
  return Array.from({ length: spans.length / 2 }, (_, pair) => ({
    chosen: spans[2 * pair] as ResponseSpan,
    rejected: spans[2 * pair + 1] as ResponseSpan,
  }));
}

/** Every token of a row with a chosen response gets logits; all but the true labels weigh nothing. */
function labelsEverywhere(packed: PackedRows, chosen: readonly ResponseSpan[]): WeightedLabels {
  const labels = weightedLabels(packed, chosen);
  const labelOf = new Map(Array.from(labels.labelRows, (token, label) => [token, label]));
  const labelRows = tokensOfRows(packed, chosen);
  return {
    labelRows,
    labelTargets: labelRows.map((token) => labels.labelTargets[labelOf.get(token) ?? -1] ?? 0),
    labelWeights: Float32Array.from(labelRows, (token) => labels.labelWeights[labelOf.get(token) ?? -1] ?? 0),
  };
}

/** All tokens of the rows in which the spans lie. */
function tokensOfRows(packed: PackedRows, spans: readonly ResponseSpan[]): Int32Array {
  const { packIndex, rowLength } = packed;
  const rows = new Set(spans.map(({ row }) => row));
  return everyToken(packed).filter((token) => rows.has(Math.floor((packIndex[token] as number) / rowLength)));
}

/** The row with its last response filled up to `length` tokens in all. */
function lengthened(row: Row, length: number): Row {
  const last = row.responses.at(-1) as Int32Array;
  const filled = new Int32Array(Math.max(last.length, last.length + length - tokensOfRow(row)));
  filled.set(last);
  return { prompt: row.prompt, responses: [...row.responses.slice(0, -1), filled] };
}

/** Responses end where they did before rows were filled up. */
function trimmed(packed: PackedRows, rows: readonly Row[]): PackedRows {
  const lengths = rows.flatMap(({ responses }) => responses.map((response) => response.length));
  return { ...packed, spans: packed.spans.map((span, index) => ({ ...span, length: lengths[index] as number })) };
}
