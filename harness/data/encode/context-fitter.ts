/** Makes the rows of a set fit into the context, one by one, and counts what became of them. */
import type { OverLength } from '../../spec/experiment-schema.ts';
import { UserError } from '../../spec/user-error.ts';
import type { DropCounts } from '../preference-pair.ts';
import {
  areEqual,
  fitRow,
  rowLength,
  type Fit,
  type FitOptions,
  type FitOutcome,
  type TokenRow,
} from './fit-context.ts';

/** The reasons under which rows are counted that are no longer what they were. */
export const cutReasons = ['prompt cut to the context', 'response cut to the context'] as const;
/** The reasons under which rows are counted that are left out. */
export const dropReasons = [
  'longer than the context',
  'no room for its prompt and response',
  'equal responses once cut',
] as const;

/** Of pairs alone. */
const merged = 'equal responses once cut';

type Reason = (typeof cutReasons)[number] | (typeof dropReasons)[number];

const reasonOf: Readonly<Record<Exclude<FitOutcome, 'whole'>, Reason>> = {
  'too long': 'longer than the context',
  'prompt cut': 'prompt cut to the context',
  'response cut': 'response cut to the context',
  'no room': 'no room for its prompt and response',
};

/** What can happen under a policy: counted also where it never does. */
const reasonsOf: Readonly<Record<OverLength, readonly Reason[]>> = {
  refuse: [],
  drop: ['longer than the context'],
  'truncate-prompt-left': ['prompt cut to the context', 'no room for its prompt and response'],
  'truncate-right': ['response cut to the context', 'no room for its prompt and response', 'equal responses once cut'],
};

export class ContextFitter {
  readonly #options: FitOptions;
  readonly #noun: 'pair' | 'question';
  readonly #counts = new Map<Reason, number>();
  #rows = 0;
  #kept = 0;

  constructor(noun: 'pair' | 'question', options: FitOptions) {
    this.#noun = noun;
    this.#options = options;
  }

  /** null where the row is left out. @throws UserError (2) for a row that does not fit where the policy is `refuse`. */
  fit(id: string, row: TokenRow): TokenRow | null {
    const fit = fitRow(row, this.#options);
    if (fit.outcome === 'too long' && this.#options.overLength === 'refuse') throw this.#refusal(id, row);
    const reason = this.#reason(row, fit);
    const isKept = fit.row !== null && reason !== merged;
    if (reason !== null) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#rows += 1;
    if (isKept) this.#kept += 1;
    return isKept ? fit.row : null;
  }

  /** By reason, the noun before it: `pair: longer than the context`. */
  counts(): DropCounts {
    const reasons = reasonsOf[this.#options.overLength].filter((reason) => this.#noun === 'pair' || reason !== merged);
    return Object.fromEntries(
      reasons.map((reason) => [`${this.#noun}: ${reason}`, this.#counts.get(reason) ?? 0] as const),
    );
  }

  /** @throws UserError (2) where there were rows and none of them is left. */
  requireSome(where: string): void {
    if (this.#kept > 0 || this.#rows === 0) return;
    const { contextLength, overLength } = this.#options;
    throw new UserError(
      `${where}: overLength: ${overLength} leaves none of ${this.#rows} ${this.#noun}s, ` +
        `all of them longer than the context of ${contextLength} tokens`,
      { exitCode: 2, hint: remedy(overLength) },
    );
  }

  /**
   * Two responses that differ only behind the cut cannot be told apart: such a pair says nothing. Equal candidates of a
   * pool have labels of their own, and best-of-N shares their places.
   */
  #reason(whole: TokenRow, { outcome, row }: Fit): Reason | null {
    if (outcome === 'whole') return null;
    const isMerged = this.#noun === 'pair' && outcome === 'response cut' && row !== null && areEqual(row);
    return isMerged && !areEqual(whole) ? merged : reasonOf[outcome];
  }

  #refusal(id: string, row: TokenRow): UserError {
    const [prompt, whole] = [row.prompt.length, rowLength(row)];
    return new UserError(
      `${this.#noun} ${id} has ${whole} tokens (prompt ${prompt}, longest response ${whole - prompt}), more than the ` +
        `context of ${this.#options.contextLength}, and overLength is refuse`,
      { exitCode: 2, hint: remedy('refuse') },
    );
  }
}

function remedy(policy: OverLength): string {
  const others = (['drop', 'truncate-prompt-left', 'truncate-right'] as const).filter(
    (other) => other !== policy && !(other === 'drop' && policy !== 'refuse'),
  );
  return `Raise model.contextLength, shorten the rows, or set overLength to ${others.join(' or ')}.`;
}
