/**
 * How `transformers` writes a family down: class names, the keys of config.json, and what an absent key means there.
 * Checked against its published sources (configuration_*.py and modeling_*.py, versions 4 and 5).
 */

/** Constants that are one key of config.json each, in the words of the experiment format. */
export type SwitchName =
  | 'attentionBias'
  | 'mlpBias'
  | 'parallelResidual'
  | 'queryScalar'
  | 'slidingWindow'
  | 'attentionSoftCap'
  | 'logitSoftCap';

export interface Dialect {
  readonly modelType: string;
  /** `Qwen2` of Qwen2ForSequenceClassification, Qwen2ForCausalLM, Qwen2Model. */
  readonly className: string;
  /** What names of parameters begin with, but for heads; folders of a bare model leave it out. */
  readonly basePrefix: string;
  readonly keys: {
    readonly hiddenSize: string;
    readonly layers: string;
    readonly heads: string;
    readonly intermediateSize: string;
    readonly contextLength: string;
    readonly normEpsilon: string;
    readonly activation: string;
    /** null: the family has none. */
    readonly keyValueHeads: string | null;
    readonly headSize: string | null;
    readonly ropeTheta: string | null;
    readonly rotaryFraction: string | null;
  };
  /** Constants that are one key each, with the class's own default. */
  readonly switches: Partial<
    Readonly<Record<SwitchName, { readonly key: string; readonly fallback: number | boolean }>>
  >;
  readonly fallbacks: {
    readonly normEpsilon: number;
    readonly activation: string;
    readonly tieEmbeddings: boolean;
    readonly rotaryFraction: number;
    readonly headSize: number | null;
  };
  /** Keys that change the computation, and the one value that is computed here (it is also the class's default). */
  readonly fixed: Readonly<Record<string, boolean>>;
  /** Written as they are: dropout, which our models were trained without. */
  readonly extras: Readonly<Record<string, number | boolean>>;
}

/** What `transformers` calls the activations we have; the first name is the one written. */
export const activationNames = {
  silu: ['silu', 'swish'],
  'gelu-tanh': ['gelu_pytorch_tanh', 'gelu_new', 'gelu_fast'],
  gelu: ['gelu', 'gelu_python'],
} as const;

/** `rope_theta` of every class where a config has none. */
export const defaultRopeTheta = 10_000;
