/**
 * The tensors of rows of pairs whose attention runs in two parts (see attention-parts), and the arrays that go in.
 * Sizes: N tokens, B rows, M read tokens; each list of padded tokens has T members and L places a row.
 */
import { input, type Dim, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import {
  pairParts,
  partKeys,
  partQueries,
  type PaddedTokens,
  type PartQueries,
  type PartRow,
} from './attention-parts.ts';
import type { AttentionRows } from './attention.ts';
import { numbered, type FeedArray, type QueryInputs } from './batch-inputs.ts';
import type { ReadRows } from './decoder.ts';
import { lastLayerRotates } from './layers.ts';
import type { PackedRows } from './pack-rows.ts';
import type { TokenReads } from './read-tokens.ts';
import type { ReusedArrays } from './reused-arrays.ts';
import { maskOf, masksOf, windowOf, type MaskName } from './windows.ts';

/** What the padded tokens of each part are called. All tokens of the first part are keys and queries alike. */
const parts = [
  { keys: 'chosenKeys', queries: 'chosenKeys', reads: 'chosenReads' },
  { keys: 'rejectedKeys', queries: 'rejectedQueries', reads: 'rejectedReads' },
] as const;
type Part = (typeof parts)[number];
type PaddedName = Part['keys' | 'queries' | 'reads'];

/** The inputs of micro-batch `index`. */
export function declarePairs(index = 0): ReadRows {
  const tokens = { tokenIds: vectorInput('tokenIds', 'N', index), positions: vectorInput('positions', 'N', index) };
  const read = { tokens: vectorInput('readTokens', 'M', index), positions: vectorInput('readPositions', 'M', index) };
  const all = { tokens: null, positions: tokens.positions };
  const padded = declareAllPadded(index);
  const rowsOf = (mask: MaskName): readonly AttentionRows[] =>
    parts.map(({ keys, queries }) => declareRows(padded, { keys, queries, mask, index }, all));
  return {
    tokens,
    attentionMask: rowsOf('attentionMask'),
    windowMask: rowsOf('windowMask'),
    read: parts.map(({ keys, reads }) => declareRows(padded, { keys, queries: reads, mask: 'readMask', index }, read)),
  };
}

interface RowNames {
  readonly keys: PaddedName;
  readonly queries: PaddedName;
  readonly mask: MaskName | 'readMask';
  readonly index: number;
}

function declareRows(
  padded: ReadonlyMap<PaddedName, PaddedInputs>,
  names: RowNames,
  tokens: Pick<QueryInputs, 'tokens' | 'positions'>,
): AttentionRows {
  const [keys, queries] = [names.keys, names.queries].map((name) => padded.get(name)) as [PaddedInputs, PaddedInputs];
  const [[B, K], [, Q]] = [keys.padIndex.shape, queries.padIndex.shape] as [[Dim, Dim], [Dim, Dim]];
  const attentionMask = input(maskInput(names.queries, names.mask, names.index), [B, 1, Q, K]);
  return { keys, queries: { ...tokens, ...queries, attentionMask } };
}

/** Each once, since keys are read in every layer. */
function declareAllPadded(index: number): ReadonlyMap<PaddedName, PaddedInputs> {
  const names = new Set(parts.flatMap(({ keys, queries, reads }) => [keys, queries, reads]));
  return new Map([...names].map((name) => [name, declarePadded(name, index)]));
}

type PaddedInputs = Readonly<Record<'members' | 'packIndex' | 'padIndex' | 'padMask', Tensor>>;

function declarePadded(name: PaddedName, index: number): PaddedInputs {
  const [B, L] = [numbered('B', index), numbered(`L.${name}`, index)];
  return {
    members: vectorInput(`${name}.members`, `T.${name}`, index),
    packIndex: vectorInput(`${name}.packIndex`, `T.${name}`, index),
    padIndex: input(numbered(`${name}.padIndex`, index), [B, L], 'int32'),
    padMask: input(numbered(`${name}.padMask`, index), [B, L]),
  };
}

function vectorInput(name: string, size: string, index: number): Tensor {
  return input(numbered(name, index), [numbered(size, index)], 'int32');
}

function maskInput(queries: PaddedName, mask: RowNames['mask'], index: number): string {
  return numbered(`${queries}.${mask}`, index);
}

type NamedFeeds = Readonly<Record<string, FeedArray>>;

/** Arrays of one micro-batch, in reused ones where `arrays` are given. */
export function pairFeeds(
  packed: PackedRows,
  read: TokenReads,
  model: ModelSpec,
  { index, arrays }: { readonly index: number; readonly arrays: ReusedArrays },
): NamedFeeds {
  const rows = pairParts(packed);
  const windowed = (mask: MaskName): number => (mask === 'windowMask' ? (windowOf(model) as number) : Infinity);
  const before = masksOf(model, model.layers - 1);
  const asking = {
    all: { numberOf: null, windows: Object.fromEntries(before.map((mask) => [mask, windowed(mask)])) },
    read: { numberOf: read.numberOf, windows: { readMask: windowed(maskOf(model, model.layers - 1)) } },
  };
  const feeds = parts.flatMap((part, number) => {
    const some = rows[number] as readonly PartRow[];
    const keys = partKeys(some, { arrays, name: numbered(part.keys, index) });
    const queries = (name: PaddedName, asked: (typeof asking)['all' | 'read']): NamedFeeds =>
      queryFeeds(partQueries(some, keys, asked, { arrays, name: numbered(name, index) }), name, index);
    return [
      paddedFeeds(keys, part.keys, index),
      // Without layers before the last there are no queries but the read ones.
      ...(before.length === 0 ? [] : [queries(part.queries, asking.all)]),
      queries(part.reads, asking.read),
    ];
  });
  return Object.assign({}, tokenFeeds(packed, read, model, index), ...feeds) as NamedFeeds;
}

function tokenFeeds(packed: PackedRows, read: TokenReads, model: ModelSpec, index: number): NamedFeeds {
  const flat = (data: Int32Array): FeedArray => ({ data, shape: [data.length] });
  return {
    [numbered('tokenIds', index)]: flat(packed.tokenIds),
    [numbered('positions', index)]: flat(packed.positions),
    [numbered('readTokens', index)]: flat(read.tokens),
    ...(lastLayerRotates(model) && { [numbered('readPositions', index)]: flat(read.positions) }),
  };
}

function queryFeeds({ tokens, masks }: PartQueries, name: PaddedName, index: number): NamedFeeds {
  const named = Object.entries(masks).map(([mask, feed]) => [maskInput(name, mask as RowNames['mask'], index), feed]);
  return { ...paddedFeeds(tokens, name, index), ...(Object.fromEntries(named) as NamedFeeds) };
}

function paddedFeeds(padded: PaddedTokens, name: PaddedName, index: number): NamedFeeds {
  const { members, packIndex, padIndex, padMask, rows, rowLength } = padded;
  return {
    [numbered(`${name}.members`, index)]: { data: members, shape: [members.length] },
    [numbered(`${name}.packIndex`, index)]: { data: packIndex, shape: [members.length] },
    [numbered(`${name}.padIndex`, index)]: { data: padIndex, shape: [rows, rowLength] },
    [numbered(`${name}.padMask`, index)]: { data: padMask, shape: [rows, rowLength] },
  };
}
