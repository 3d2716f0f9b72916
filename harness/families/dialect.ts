/**
 * How `transformers` writes a family down: class names, the keys of config.json, and what an absent key means there.
 * Checked against its published sources (configuration_*.py and modeling_*.py, versions 4 and 5).
 */
import type { Activation } from './parts.ts';

/** Constants that are one key of config.json each, in the words of the experiment format. */
export type SwitchName =
  'attentionBias' | 'mlpBias' | 'parallelResidual' | 'queryScalar' | 'attentionSoftCap' | 'logitSoftCap';

/** How config.json says which layers have a window; where the family's class reads `layer_types`, that has the word. */
export interface WindowKeys {
  readonly size: string;
  /** The class's own window where the key is absent. */
  readonly fallback: number | null;
  /** There is no window unless this key is true; null = there is no such key. */
  readonly enabled: string | null;
  /**
   * Which layers have the window without `layer_types`. `all`: the class has no `layer_types`. `butEvery`: all but each
   * n-th, where `key` may hold another n. `from`: those from the number on that the key holds. `unrotated`: those
   * without rope.
   */
  readonly layers:
    | 'all'
    | 'unrotated'
    | { readonly butEvery: number; readonly key: string | null }
    | { readonly from: string; readonly fallback: number };
}

/** How config.json says which layers have no rope: a list of 1 (rope) and 0, or each n-th. */
export interface UnrotatedKeys {
  readonly list: string;
  readonly interval: string;
  readonly fallback: number;
}

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
    /** A key that some versions of the class read instead: both must say the same. */
    readonly otherActivation: string | null;
    /** null: the family has none. */
    readonly keyValueHeads: string | null;
    readonly headSize: string | null;
    readonly ropeTheta: string | null;
    readonly localRopeTheta: string | null;
    readonly rotaryFraction: string | null;
  };
  readonly windows: WindowKeys | null;
  readonly unrotated: UnrotatedKeys | null;
  /** Constants that are one key each, with the class's own default. */
  readonly switches: Partial<
    Readonly<Record<SwitchName, { readonly key: string; readonly fallback: number | boolean | null }>>
  >;
  readonly fallbacks: {
    readonly normEpsilon: number;
    readonly activation: string;
    readonly tieEmbeddings: boolean;
    readonly rotaryFraction: number;
    readonly ropeTheta: number;
    readonly localRopeTheta: number | null;
    readonly headSize: number | null;
    /** null: as many as query heads. */
    readonly keyValueHeads: number | null;
  };
  readonly activations: ActivationNames;
  /** Keys that change the computation, and the one value that is computed here (it is also the class's default). */
  readonly fixed: Readonly<Record<string, boolean | null>>;
  /** Written as they are: dropout, which our models were trained without. */
  readonly extras: Readonly<Record<string, number | boolean>>;
}

type ActivationNames = Readonly<Record<Activation, readonly string[]>>;

/** What `transformers` calls the activations we have; the first name is the one written. */
export const activationNames: ActivationNames = {
  silu: ['silu', 'swish'],
  'gelu-tanh': ['gelu_pytorch_tanh', 'gelu_new', 'gelu_fast'],
  gelu: ['gelu', 'gelu_python'],
};
