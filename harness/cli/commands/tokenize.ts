/** `harness tokenize MODEL FILE`: the token ids of every line of a text, and what the tokens are. */
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import {
  loadHuggingFaceTokenizer,
  readJsonObject,
  readTokenizerConfig,
  type HuggingFaceTokenizer,
} from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { tokenizerPlace } from '../tokenizer-place.ts';
import { escaped } from '../output/escaped.ts';

interface TokenizeFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly specialTokens: boolean;
}

interface TokenizedLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly ids: readonly number[];
  /** The tokens as the vocabulary writes them. */
  readonly tokens: readonly string[];
  /** What the ids decode to without special tokens, where that is not the text; else null. */
  readonly decoded: string | null;
}

const noTextExitCode = 5;

export async function tokenizeCommand(
  context: CliContext,
  { results, json, specialTokens }: TokenizeFlags,
  model: string,
  file: string,
): Promise<void> {
  const place = tokenizerPlace(model, context.resultsFolder(results));
  const tokenizer = loadHuggingFaceTokenizer(place, readJsonObject(place), readTokenizerConfig(place));
  const text = decodeText(await readBytes(file), file);
  const name = file === '-' ? 'stdin' : file;
  const lines = linesOf(text).map((line, index) => tokenized(line, index + 1, { tokenizer, specialTokens, name }));
  if (lines.length === 0) context.exitWith(noTextExitCode);
  if (json) return context.printJson({ tokenizer: place, specialTokens, summary: summaryOf(lines), lines });
  printLines(context, lines);
}

async function readBytes(file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UserError(`${file}: cannot be read: ${(cause as Error).message}`, {
      exitCode: 2,
      hint: 'Give a text file, or - for the standard input.',
      cause,
    });
  }
}

/** Nothing is replaced: other bytes would be tokens of another text. */
function decodeText(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`${file === '-' ? 'stdin' : file}: is not UTF-8 text`, {
      exitCode: 2,
      hint: 'Convert it first: iconv -f ENCODING -t UTF-8.',
      cause,
    });
  }
}

/** A line ends before its line feed; behind the last one there is no further line. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

interface Tokenizing {
  readonly tokenizer: HuggingFaceTokenizer;
  readonly specialTokens: boolean;
  /** Of the file, for errors. */
  readonly name: string;
}

function tokenized(text: string, line: number, { tokenizer, specialTokens, name }: Tokenizing): TokenizedLine {
  const [ids, plain] = named(`${name}:${line}`, () => [
    [...tokenizer.encode(text, { specialTokens })],
    tokenizer.encode(text, { specialTokens: false }),
  ]);
  const decoded = tokenizer.decode(plain);
  return {
    line,
    text,
    ids,
    tokens: ids.map((id) => tokenizer.tokenOf(id) ?? ''),
    decoded: decoded === text ? null : decoded,
  };
}

/** A text that cannot be encoded is told with its place. */
function named<Value>(place: string, encode: () => Value): Value {
  try {
    return encode();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(`${place}: ${cause.message}`, { exitCode: cause.exitCode, hint: cause.hint ?? '', cause });
  }
}

function summaryOf(lines: readonly TokenizedLine[]) {
  const characters = lines.reduce((sum, { text }) => sum + [...text].length, 0);
  const tokens = lines.reduce((sum, { ids }) => sum + ids.length, 0);
  return {
    lines: lines.length,
    characters,
    tokens,
    charactersPerToken: tokens === 0 ? null : characters / tokens,
    changedByDecoding: lines.filter(({ decoded }) => decoded !== null).length,
  };
}

function printLines(context: CliContext, lines: readonly TokenizedLine[]): void {
  if (lines.length > 0)
    context.printTable(
      [
        { name: 'line', align: 'right' },
        { name: 'tokens', align: 'right' },
        { name: 'ids', align: 'left' },
        { name: 'pieces', align: 'left', isImportant: true },
      ],
      lines.map(({ line, ids, tokens }) => [line, ids.length, ids.join(' '), tokens.map(escaped).join(' ')]),
    );
  const { characters, tokens, charactersPerToken } = summaryOf(lines);
  const ratio = charactersPerToken === null ? '' : `, ${charactersPerToken.toFixed(2)} characters a token`;
  context.print(
    `${plural(lines.length, 'line')}, ${plural(characters, 'character')}, ${plural(tokens, 'token')}${ratio}`,
  );
  printChanged(context, lines);
}

const shownChanges = 5;

/** Decoding gives another text where the tokenizer normalizes, or drops what it does not know. */
function printChanged(context: CliContext, lines: readonly TokenizedLine[]): void {
  const changed = lines.filter(({ decoded }) => decoded !== null);
  for (const { line, decoded } of changed.slice(0, shownChanges))
    context.print(`line ${line} decodes to another text: ${escaped(decoded as string)}`);
  if (changed.length > shownChanges) context.print(`... and ${changed.length - shownChanges} more lines`);
}
