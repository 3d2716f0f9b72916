/** Sections that an experiment may leave out: model and tokenizer, which a checkpoint brings, and pretraining. */
import { deepFreeze } from './deep-freeze.ts';
import type { TokenizerSpec } from './experiment-schema.ts';
import type { TrialSpec } from './format.ts';
import { kindOf, type KindSpec, type SpecKinds, type TokenizerFacts } from './kind.ts';
import type { ModelSpec } from './model-schema.ts';
import type { Problem } from './problem.ts';
import { pretrainSchema, type PretrainSpec } from './training-schema.ts';
import { UserError } from './user-error.ts';

/** The sections of a trial as written: null where they are left to the start, or off. */
export type WrittenTrial = { readonly [S in Exclude<keyof TrialSpec, 'tokenizer'>]: TrialSpec[S] | null } & {
  readonly tokenizer: KindSpec | null;
};

type Provided = { readonly model: ModelSpec; readonly tokenizer: TokenizerSpec } | null;
type Answer = { readonly provided: Provided } | { readonly refusal: readonly Problem[] };

/** What `pretrain: null` means. Only the objective is ever read; the rest is there so that no field is optional. */
const noPretraining: PretrainSpec = deepFreeze(
  pretrainSchema.parse({
    objective: { kind: 'none' },
    budget: { pairs: 1 },
    optimizer: { kind: 'adamw', learningRate: 1 },
    schedule: { kind: 'cosine', warmup: { steps: 0 } },
  }),
);

interface Completed {
  readonly spec: Partial<TrialSpec>;
  readonly problems: readonly Problem[];
}

type DerivingKinds = Pick<SpecKinds, 'starts' | 'tokenizers'>;

export class DerivedSections {
  readonly #kinds: DerivingKinds;
  /** One answer for each start: equal starts are one object, and so are their models. */
  readonly #answers = new Map<KindSpec, Answer>();
  readonly #tokenizers = new Map<KindSpec, TokenizerSpec>();

  constructor(kinds: DerivingKinds) {
    this.#kinds = kinds;
  }

  complete(written: Partial<WrittenTrial>): Completed {
    const left = { model: written.model, tokenizer: this.#withSize(written.tokenizer) };
    const own = ownSections(written);
    if (!written.start) return { spec: { ...own, ...given(left) }, problems: [] };
    const answer = this.#ask(written.start);
    if ('refusal' in answer) return { spec: own, problems: answer.refusal };
    const { provided } = answer;
    if (provided === null) return { spec: { ...own, ...given(left) }, problems: missing(left) };
    return { spec: { ...own, ...provided }, problems: superfluous(left, provided.model.name) };
  }

  /** The tokenizer with the number of its tokens; equal ones are one object. */
  #withSize(written: KindSpec | null | undefined): TokenizerSpec | null | undefined {
    if (written === null || written === undefined) return written;
    const known = this.#tokenizers.get(written);
    if (known !== undefined) return known;
    const tokenizer = sized(written, kindOf(this.#kinds.tokenizers, written));
    this.#tokenizers.set(written, tokenizer);
    return tokenizer;
  }

  #ask(start: KindSpec): Answer {
    const known = this.#answers.get(start);
    if (known !== undefined) return known;
    const answer = this.#provided(start);
    this.#answers.set(start, answer);
    return answer;
  }

  #provided(start: KindSpec): Answer {
    const kind = kindOf(this.#kinds.starts, start);
    try {
      const provided = kind.provides(start);
      return { provided: provided === null ? null : deepFreeze(provided) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // A broken rule names the very field, and is reported with all other rules.
      if ((kind.rules?.(start) ?? []).length > 0) return { refusal: [] };
      const found = error.hint === null ? error.message : `${error.message} (${error.hint})`;
      return { refusal: [problem('start', 'a start that can be used', found)] };
    }
  }
}

/** Where its kind cannot say how many tokens it has, its rules refuse the trial, and the number is not read. */
function sized(written: KindSpec, kind: TokenizerFacts): TokenizerSpec {
  return 'vocabSize' in written
    ? (written as TokenizerSpec)
    : deepFreeze({ ...written, vocabSize: kind.vocabSize(written) ?? 0 });
}

/** The sections that no start brings. */
function ownSections({ model: _model, tokenizer: _tokenizer, ...own }: Partial<WrittenTrial>): Partial<TrialSpec> {
  return { ...own, ...(own.pretrain === null ? { pretrain: noPretraining } : {}) } as Partial<TrialSpec>;
}

interface Left {
  readonly model: ModelSpec | null | undefined;
  readonly tokenizer: TokenizerSpec | null | undefined;
}

function given({ model, tokenizer }: Left): Partial<TrialSpec> {
  return { ...(model ? { model } : {}), ...(tokenizer ? { tokenizer } : {}) };
}

function missing(left: Left): readonly Problem[] {
  const sections = (['model', 'tokenizer'] as const).filter((name) => left[name] === null);
  return sections.map((name) =>
    problem(name, `a ${name} (or a start that brings one: start: {kind: checkpoint, path: ...})`, 'nothing'),
  );
}

function superfluous(left: Left, start: string): readonly Problem[] {
  const sections = (['model', 'tokenizer'] as const).filter((name) => left[name] !== null && left[name] !== undefined);
  return sections.map((name) => ({
    ...problem(name, `null: the start ${start} brings its own ${name}`, `a ${name}`),
    suggestion: oneAxis,
  }));
}

const oneAxis =
  'leave the section out; to compare with random starts, an axis of cases sets start, ' +
  'model and tokenizer together (docs/use-your-model.md)';

function problem(section: string, expected: string, found: string): Problem {
  return { at: [section], atKey: true, path: section, expected, found };
}
