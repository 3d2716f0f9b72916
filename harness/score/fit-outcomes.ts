/** What `--over-length` did to the rows of a file. */
import type { FitOutcome } from '../data/index.ts';
import { UserError } from '../spec/user-error.ts';
import { plural } from '../text/index.ts';
import type { ScoredRows } from './reward-model.ts';

const changes: Readonly<Record<Exclude<FitOutcome, 'whole'>, string>> = {
  'prompt cut': 'longer than the context: the prompt lost its oldest tokens',
  'response cut': 'longer than the context: responses lost their ends',
  'too long': 'left out: longer than the context',
  'no room': 'left out: no room in the context for prompt and response',
};

/** Counts them. */
export class FitOutcomes {
  readonly #counts = new Map<string, number>();

  add(outcome: FitOutcome): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  /** A line for each change that was made. */
  notes(): readonly string[] {
    return Object.entries(changes).flatMap(([outcome, text]) => {
      const count = this.#counts.get(outcome) ?? 0;
      return count === 0 ? [] : [`${plural(count, 'row')} ${text}`];
    });
  }
}

export function nothingFits(name: string, { model, overLength }: ScoredRows, rows: number): UserError {
  return new UserError(
    `${name}: --over-length ${overLength} leaves none of ${plural(rows, 'row')}, all of them longer than the context ` +
      `of ${model.contextLength} tokens`,
    { exitCode: 5, hint: 'Shorten the rows, or choose another --over-length (harness score --help).' },
  );
}
