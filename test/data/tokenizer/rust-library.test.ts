/**
 * Tokenizers against the Rust library of Hugging Face: committed answers of it, and where HARNESS_PYTHON names a Python
 * with `tokenizers` thousands of fresh ones.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadHuggingFaceTokenizer, loadTokenizer, trainBpe } from '../../../harness/data/index.ts';
import { UserError } from '../../../harness/spec/user-error.ts';
import { pythonWith } from '../../python.ts';

interface Case<Row> {
  readonly name?: string;
  readonly json: object;
  readonly rows: readonly Row[];
}

/** Text, ids, ids without special tokens, text of the ids, the same without special tokens. */
type TextRow = readonly [string, readonly number[], readonly number[], string, string];

const fixtures = path.join(import.meta.dirname, 'fixtures');

function casesOf<Row>(folder: string, name: string): readonly Case<Row>[] {
  const { cases } = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as {
    cases: readonly Case<Row>[];
  };
  return cases;
}

/** What differs, with enough to find it by. */
function textDifferences({ name, json, rows }: Case<TextRow>): readonly unknown[] {
  const tokenizer = loadHuggingFaceTokenizer(name ?? 'case', json, {});
  return rows.flatMap(([text, ids, plain, decoded, withoutSpecial]) => {
    const got = [
      [...tokenizer.encode(text, { specialTokens: true })],
      [...tokenizer.encode(text, { specialTokens: false })],
      tokenizer.decode(ids),
      tokenizer.decode(ids, { skipSpecialTokens: true }),
    ];
    const wanted = [ids, plain, decoded, withoutSpecial];
    return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ name, text, got, wanted }];
  });
}

/** Where the library fails at a text, so do we. */
function modelDifferences({ json, rows }: Case<readonly [string, readonly number[] | null]>): readonly unknown[] {
  const tokenizer = loadHuggingFaceTokenizer('case', json, {});
  const encode = (text: string): readonly number[] | null => {
    try {
      return [...tokenizer.encode(text, { specialTokens: true })];
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  return rows.flatMap(([text, ids]) =>
    JSON.stringify(encode(text)) === JSON.stringify(ids) ? [] : [{ json, text, wanted: ids, got: encode(text) }],
  );
}

type DecodedRow = readonly [ids: readonly number[], text: string | null, withoutSpecial: string | null];

/** A decoder that the library refuses is refused here; where it panics at a list of ids nothing is compared. */
function decoderDifferences({ json, rows }: Case<DecodedRow>): readonly unknown[] {
  if (rows.length === 0) return isRefused(json) ? [] : [{ json, wanted: 'refused' }];
  const tokenizer = loadHuggingFaceTokenizer('case', json, {});
  return rows.flatMap(([ids, text, withoutSpecial]) => {
    const got = [tokenizer.decode(ids), tokenizer.decode(ids, { skipSpecialTokens: true })];
    return got.every((one, index) => [text, withoutSpecial][index] === null || one === [text, withoutSpecial][index])
      ? []
      : [{ json, ids, got, wanted: [text, withoutSpecial] }];
  });
}

function isRefused(json: object): boolean {
  try {
    loadHuggingFaceTokenizer('case', json, {});
    return false;
  } catch (error) {
    return error instanceof UserError;
  }
}

describe('committed answers of the Rust library', () => {
  const makes = casesOf<TextRow>(fixtures, 'makes');
  it.each(makes.map((one) => [one.name as string, one] as const))('%s', (_, one) => {
    expect(textDifferences(one)).toEqual([]);
  });

  it('random models, odd ones included', () => {
    const models = casesOf<readonly [string, readonly number[] | null]>(fixtures, 'models');
    expect(models.flatMap(modelDifferences)).toEqual([]);
    expect(models.length).toBeGreaterThan(20);
  });

  it('random decoders, one after another too', () => {
    expect(casesOf<DecodedRow>(fixtures, 'decoders').flatMap(decoderDifferences)).toEqual([]);
  });

  it('random post-processors', () => {
    expect(casesOf<TextRow>(fixtures, 'post-processors').flatMap(textDifferences)).toEqual([]);
  });
});

const python = pythonWith('tokenizers');

/** Reads a tokenizer.json and texts from stdin, prints the ids of each. */
const encodeTexts = `
import json, sys, tokenizers
told = json.load(sys.stdin)
tokenizer = tokenizers.Tokenizer.from_str(json.dumps(told['json']))
print(json.dumps([tokenizer.encode(text).ids for text in told['texts']]))
`;

describe.skipIf(python === null)(
  'fresh answers of the Rust library (skipped without HARNESS_PYTHON that has it)',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'rust-library-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are ours too, for a tokenizer that is trained here', () => {
      const files = ['models/bpe.ts', 'models/unigram-path.ts', 'feature-reader.ts'];
      const folder = path.join(import.meta.dirname, '../../../harness/data/tokenizer');
      const code = files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
      const json = trainBpe(code, { vocabSize: 600 });
      const texts = [...code, ...code.flatMap((text) => text.split('\n')), ' <|end|>\u0301é 日本語\t\r\n  x'];
      const input = JSON.stringify({ json, texts });
      const wanted = JSON.parse(
        execFileSync(python as string, ['-c', encodeTexts], { input, encoding: 'utf8' }),
      ) as unknown;
      const { encode } = loadTokenizer(json);
      expect(texts.map((text) => [...encode(text)])).toEqual(wanted);
    }, 60_000);

    it('are ours too, for every make, model, decoder and post-processor', () => {
      const sizes = ['--seed', '2', '--vocab', '1200', '--texts', '400', '--cases', '400'];
      execFileSync(python as string, [path.join(fixtures, 'make_expected.py'), folder, ...sizes], { stdio: 'ignore' });
      expect(casesOf<TextRow>(folder, 'makes').flatMap(textDifferences)).toEqual([]);
      expect(casesOf<readonly [string, null]>(folder, 'models').flatMap(modelDifferences)).toEqual([]);
      expect(casesOf<DecodedRow>(folder, 'decoders').flatMap(decoderDifferences)).toEqual([]);
      expect(casesOf<TextRow>(folder, 'post-processors').flatMap(textDifferences)).toEqual([]);
    }, 300_000);
  },
);
