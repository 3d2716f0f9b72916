/**
 * Lines of JSON -> prompts: `{"prompt": ..., "id": ...}`, the prompt a text or a list of token ids. Other fields are
 * passed over. Nothing is generated from a file with mistakes in it: all of them are told at once.
 */
import { encodePrompt, type Tokenizer } from '../data/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';
import { UserError } from '../spec/index.ts';

export interface PromptLine {
  readonly line: number;
  readonly id: string | number | null;
  readonly prompt: string | readonly number[];
  readonly tokens: TokenIds;
}

export interface PromptLimits {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** What messages call it. */
  readonly contextName: string;
  readonly tokenizer: () => Tokenizer;
}

const shownProblems = 20;
const shape = '{"prompt": "..."}';

/**
 * @param name What messages call the file.
 * @throws UserError: exit 2 with the first 20 bad lines, exit 5 for a text without prompts.
 */
export function readPrompts(text: string, name: string, limits: PromptLimits): readonly PromptLine[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const read = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1, limits)]));
  const bad = read.filter((found) => 'problem' in found);
  if (bad.length > 0) throw badLines(name, bad, read.length);
  if (read.length === 0)
    throw new UserError(`${name}: no prompts`, { exitCode: 5, hint: `A prompt is one line: ${shape}.` });
  return read as readonly PromptLine[];
}

interface BadLine {
  readonly line: number;
  readonly problem: string;
}

function badLines(name: string, bad: readonly BadLine[], lines: number): UserError {
  const shown = bad.slice(0, shownProblems).map(({ line, problem }) => `${name}:${line}: ${problem}`);
  const more = bad.length - shown.length;
  const all = [
    `${bad.length} of ${lines} lines hold no prompt`,
    ...shown,
    ...(more > 0 ? [`... and ${more} more`] : []),
  ];
  return new UserError(all.join('\n  '), {
    exitCode: 2,
    hint: 'Nothing was generated. Correct these lines and run the same command again.',
  });
}

function readLine(text: string, line: number, limits: PromptLimits): PromptLine | BadLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, problem: `not JSON: found ${excerpt(text)}; expected ${shape}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, problem: `found ${excerpt(text)}; expected ${shape}` };
  return promptOf(value as Readonly<Record<string, unknown>>, line, limits);
}

function promptOf(
  { id = null, prompt, ...others }: Readonly<Record<string, unknown>>,
  line: number,
  limits: PromptLimits,
): PromptLine | BadLine {
  if (id !== null && typeof id !== 'string' && typeof id !== 'number')
    return { line, problem: `id: found ${excerpt(JSON.stringify(id))}; expected a text or a number` };
  if (prompt === undefined) {
    const found = Object.keys(others).join(', ');
    return { line, problem: `prompt is missing: found ${found === '' ? 'no other field' : `the fields ${found}`}` };
  }
  if (!isPrompt(prompt))
    return {
      line,
      problem: `prompt: found ${excerpt(JSON.stringify(prompt))}; expected a text or a list of token ids`,
    };
  const tokens = typeof prompt === 'string' ? encodePrompt(prompt, limits.tokenizer()) : Int32Array.from(prompt);
  const problem = problemOf(tokens, limits);
  return problem === null ? { line, id, prompt, tokens } : { line, problem };
}

function isPrompt(value: unknown): value is string | readonly number[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0));
}

function problemOf(tokens: TokenIds, { vocabSize, contextLength, contextName }: PromptLimits): string | null {
  if (tokens.length === 0) return 'prompt is empty: expected at least one token';
  const unknown = tokens.find((token) => token >= vocabSize);
  if (unknown !== undefined)
    return `prompt: token id ${unknown}: expected ids below ${vocabSize}, the vocabulary of the model`;
  if (tokens.length < contextLength) return null;
  return `prompt is ${tokens.length} tokens; expected fewer than ${contextLength}, ${contextName}`;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
