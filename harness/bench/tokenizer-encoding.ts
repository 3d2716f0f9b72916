/**
 * Speed of encoding the files of folders, one text a file: with our own vocabulary, and where a Python is given beside
 * the Rust library, round by round in turn, with vocabularies of several makes. Every round reads the tokenizer anew,
 * so that no text is found in a cache of an earlier one; reading is not timed.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadHuggingFaceTokenizer, type TokenizerJson } from '../data/index.ts';
import { median } from '../stats/index.ts';
import type { EncodeRound } from './encode-round.ts';
import { inTurns, ratioSummary, type RatioSummary } from './in-turns.ts';
import { openTokenizerPeer, type TokenizerPeer } from './tokenizer-peer.ts';

export interface EncodeSpeed {
  readonly megabytesPerSecond: number;
  /** Slowest and fastest round. */
  readonly range: readonly [number, number];
}

export interface MakeEncoding {
  readonly make: string;
  readonly tokens: number;
  readonly ours: EncodeSpeed;
  /** null where there is no library to compare with. */
  readonly theirs: EncodeSpeed | null;
  /** Theirs to ours, in seconds and in CPU seconds: above 1 ours is faster. */
  readonly ratio: RatioSummary | null;
  readonly cpuRatio: RatioSummary | null;
  /** Whether all ids are equal. */
  readonly hasEqualIds: boolean | null;
}

export interface TokenizerEncoding {
  readonly library: string | null;
  readonly bytes: number;
  readonly makes: readonly MakeEncoding[];
}

export interface TokenizerEncodingOptions {
  readonly texts: readonly string[];
  /** The tokenizer that was trained here. */
  readonly own: TokenizerJson;
  readonly python: string | null;
  readonly rounds: number;
  /** Of the vocabularies of the makes. */
  readonly vocabSize: number;
}

/** Share of the texts on which vocabularies are trained: all of them would take minutes. */
const trainingBytes = 4e6;

export async function benchTokenizerEncoding(options: TokenizerEncodingOptions): Promise<TokenizerEncoding> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-tokenizers-'));
  try {
    writeFileSync(join(folder, 'own.json'), JSON.stringify(options.own));
    const bytes = options.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const makes = options.python === null ? await alone(folder, bytes, options) : await beside(folder, bytes, options);
    return { ...makes, bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ownMake = 'own byte-level BPE';

type Makes = Pick<TokenizerEncoding, 'library' | 'makes'>;

async function alone(folder: string, bytes: number, { texts, rounds }: TokenizerEncodingOptions): Promise<Makes> {
  const path = join(folder, 'own.json');
  encodeRound(path, texts);
  const measured = Array.from({ length: rounds }, () => encodeRound(path, texts));
  const { tokens } = measured[0]!;
  const nobody = { theirs: null, ratio: null, cpuRatio: null, hasEqualIds: null };
  return { library: null, makes: [{ make: ownMake, tokens, ours: speedOf(measured, bytes), ...nobody }] };
}

async function beside(folder: string, bytes: number, options: TokenizerEncodingOptions): Promise<Makes> {
  const { texts, python, vocabSize } = options;
  const training = countUpTo(texts, trainingBytes);
  const peer = await openTokenizerPeer({ python: python as string, folder, vocabSize, texts, training });
  try {
    const makes: MakeEncoding[] = [];
    for (const [file, make] of [['own', ownMake] as const, ...Object.entries(peer.makes)])
      makes.push({ make, ...(await compared(join(folder, `${file}.json`), peer, { ...options, bytes })) });
    return { library: peer.library, makes };
  } finally {
    await peer.close();
  }
}

/** A round of each for warming up. */
async function compared(
  path: string,
  peer: TokenizerPeer,
  { texts, rounds, bytes }: TokenizerEncodingOptions & { readonly bytes: number },
): Promise<Omit<MakeEncoding, 'make'>> {
  const ours = async (): Promise<EncodeRound> => encodeRound(path, texts);
  await ours();
  await peer.round(path);
  const measured = await inTurns(rounds, ours, () => peer.round(path));
  const own = measured.map((round) => round.ours);
  const theirs = measured.map((round) => round.theirs);
  return {
    tokens: own[0]!.tokens,
    ours: speedOf(own, bytes),
    theirs: speedOf(theirs, bytes),
    ratio: ratioSummary(measured.map((round) => round.theirs.seconds / round.ours.seconds)),
    cpuRatio: ratioSummary(measured.map((round) => round.theirs.cpuSeconds / round.ours.cpuSeconds)),
    hasEqualIds: own[0]!.digest === theirs[0]!.digest,
  };
}

function encodeRound(path: string, texts: readonly string[]): EncodeRound {
  const { encode } = loadHuggingFaceTokenizer(path, JSON.parse(readFileSync(path, 'utf8')) as object, {});
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  const encoded = texts.map((text) => encode(text, { specialTokens: false }));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuStart);
  const sha = createHash('sha256');
  for (const ids of encoded) sha.update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
  const tokens = encoded.reduce((sum, ids) => sum + ids.length, 0);
  return { seconds, cpuSeconds: (user + system) / 1e6, tokens, digest: sha.digest('hex') };
}

function speedOf(rounds: readonly EncodeRound[], bytes: number): EncodeSpeed {
  const speeds = rounds.map(({ seconds }) => bytes / 1e6 / seconds);
  return { megabytesPerSecond: median(speeds), range: [Math.min(...speeds), Math.max(...speeds)] };
}

function countUpTo(texts: readonly string[], most: number): number {
  let bytes = 0;
  const end = texts.findIndex((text) => (bytes += Buffer.byteLength(text)) > most);
  return end === -1 ? texts.length : Math.max(1, end);
}
