/**
 * Completions on their way into a file. They are written as they come, so an interrupted attempt loses no more than the
 * last few; the file gets its name once it is whole.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { storedCompletions, type Completion } from '../data/index.ts';
import type { GeneratorPrompt } from '../kinds/index.ts';

const linesAtOnce = 64;

export interface CompletionFile {
  readonly file: string;
  /** Completions a prompt. */
  readonly samples: number;
  write(prompts: AsyncIterable<GeneratorPrompt>): AsyncIterable<Completion>;
}

/** Counts of the whole file. What an earlier attempt has written is not asked for again. */
export async function appendCompletions(
  { file, samples, write }: CompletionFile,
  prompts: AsyncIterable<GeneratorPrompt>,
): Promise<Record<string, number>> {
  if (!existsSync(file)) {
    const partial = `${file}.partial`;
    const answered = keepWholePrompts(partial, samples);
    let lines: string[] = [];
    for await (const completion of write(withoutFirst(prompts, answered))) {
      if (lines.push(`${JSON.stringify(completion)}\n`) < linesAtOnce) continue;
      appendFileSync(partial, lines.join(''));
      lines = [];
    }
    appendFileSync(partial, lines.join(''));
    renameSync(partial, file);
  }
  return countsOf(file);
}

/** Cuts the file behind its last prompt with all samples. Returns how many prompts that are. */
function keepWholePrompts(partial: string, samples: number): number {
  if (!existsSync(partial)) return 0;
  const bytes = readFileSync(partial);
  let prompts = 0;
  let whole = 0;
  let lines = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, end + 1)) {
    lines += 1;
    if (lines % samples !== 0) continue;
    prompts += 1;
    whole = end + 1;
  }
  truncateSync(partial, whole);
  return prompts;
}

async function* withoutFirst<Row>(rows: AsyncIterable<Row>, count: number): AsyncGenerator<Row> {
  let position = 0;
  for await (const row of rows) if (position++ >= count) yield row;
}

async function countsOf(file: string): Promise<Record<string, number>> {
  const counts = { completions: 0, cut_off: 0, empty: 0, characters: 0 };
  for await (const { text, finish } of storedCompletions(file)) {
    counts.completions += 1;
    counts.characters += text.length;
    if (finish === 'length') counts.cut_off += 1;
    if (text.trim() === '') counts.empty += 1;
  }
  return counts;
}
