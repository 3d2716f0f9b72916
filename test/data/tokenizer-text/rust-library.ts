/** Asks the Rust library for its results; only where HARNESS_PYTHON names a Python that has it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Case, Result } from './ours.ts';
import { pythonWith } from '../../python.ts';

export interface Question {
  readonly case: Case;
  readonly vocabulary: readonly string[];
}

interface RustAnswer {
  readonly refused?: string;
  readonly results: readonly Result[];
}

const script = path.join(import.meta.dirname, 'rust_library.py');

const python = pythonWith('tokenizers');

export const hasRustLibrary = python !== null;

/** Answers are large: a pattern cuts all code points into a hundred thousand pieces. */
const casesAtOnce = 16;

/** @throws Error where the library does not take a case, or Python fails */
export function askRust(questions: readonly Question[], texts: readonly string[]): readonly (readonly Result[])[] {
  const answers: (readonly Result[])[] = [];
  for (let start = 0; start < questions.length; start += casesAtOnce)
    answers.push(...askAtOnce(questions.slice(start, start + casesAtOnce), texts));
  return answers;
}

function askAtOnce(questions: readonly Question[], texts: readonly string[]): readonly (readonly Result[])[] {
  const cases = questions.map(({ case: one, vocabulary }) => ({ ...one, vocabulary }));
  const run = spawnSync(python as string, [script], {
    input: JSON.stringify({ cases, texts }),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, RUST_BACKTRACE: '0' },
  });
  if (run.status !== 0) throw new Error(`rust_library.py failed: ${run.stderr.slice(-2000)}`);
  const { answers } = JSON.parse(run.stdout) as { readonly answers: readonly RustAnswer[] };
  return answers.map(({ refused, results }, index) => {
    if (refused !== undefined)
      throw new Error(`${questions[index]?.case.name}: the Rust library refuses it: ${refused}`);
    return results;
  });
}
