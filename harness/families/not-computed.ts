/**
 * Architectures that people have and that are no decoder of these parts, by the `model_type` of config.json: which part
 * is missing, and what can be done instead.
 */

/** Parts of models that are not computed, and what a person may do. */
const missingParts = {
  'mixture of experts': 'Use the dense model of the same line, as qwen3 for qwen3_moe, or mistral for mixtral.',
  'multi-head latent attention': 'Use a model whose attention has keys and values of its own.',
  'bidirectional attention': 'Use a reward model on a decoder: an encoder reads each token with those after it.',
  'disentangled positions': null,
  'an encoder beside the decoder': 'Use a reward model on a decoder.',
  'state-space layers': 'Use a model whose layers all are attention.',
  'recurrent layers': 'Use a model whose layers all are attention.',
  'linear attention': 'Use a model whose layers all are softmax attention.',
  'convolution layers': 'Use a model whose layers all are attention.',
  'images or audio': 'Save its language model as a folder of its own (docs/models.md shows how), and open that.',
  'alibi positions': 'Use a model with rotary or learned positions.',
  'interleaved rotary positions': 'Use a model that pairs the halves of a head.',
} as const;

export type MissingPart = keyof typeof missingParts;

const types: readonly (readonly [readonly MissingPart[], string])[] = [
  [
    ['mixture of experts'],
    'mixtral qwen2_moe qwen3_moe olmoe phimoe gpt_oss llama4 llama4_text granitemoe granitemoeshared granitemoe_swa ' +
      'dbrx jetmoe ernie4_5_moe glm4_moe hunyuan_v1_moe minimax_m2 dots1 flex_olmo exaone_moe afmoe cohere2_moe ' +
      'mimo_v2_flash solar_open aria_text',
  ],
  [
    ['mixture of experts', 'multi-head latent attention'],
    'deepseek_v2 deepseek_v3 deepseek_v32 glm4_moe_lite glm_moe_dsa longcat_flash',
  ],
  [['multi-head latent attention'], 'minicpm3 youtu'],
  [
    ['bidirectional attention'],
    'bert roberta roberta-prelayernorm xlm-roberta xlm-roberta-xl camembert albert electra distilbert mpnet ernie ' +
      'megatron-bert modernbert nomic_bert gte eurobert esm big_bird longformer rembert funnel squeezebert',
  ],
  [['bidirectional attention', 'disentangled positions'], 'deberta deberta-v2'],
  [
    ['an encoder beside the decoder'],
    't5 mt5 umt5 longt5 t5gemma bart mbart plbart pegasus marian blenderbot led fsmt',
  ],
  [['an encoder beside the decoder', 'mixture of experts'], 'switch_transformers nllb-moe'],
  [['state-space layers'], 'mamba mamba2 falcon_mamba falcon_h1 bamba zamba zamba2 nemotron_h'],
  [['state-space layers', 'mixture of experts'], 'jamba granitemoehybrid'],
  [['recurrent layers'], 'rwkv xlstm recurrent_gemma'],
  [['linear attention'], 'qwen3_5_text olmo_hybrid'],
  [['linear attention', 'mixture of experts'], 'qwen3_next qwen3_5_moe_text minimax kimi_linear'],
  [['convolution layers'], 'lfm2'],
  [['convolution layers', 'mixture of experts'], 'lfm2_moe'],
  [
    ['images or audio'],
    'gemma3 gemma3n gemma4 qwen2_vl qwen2_5_vl qwen3_vl qwen2_audio qwen2_5_omni qwen3_5 llava llava_next ' +
      'llava_onevision mistral3 mllama paligemma idefics2 idefics3 smolvlm internvl phi4_multimodal pixtral chameleon ' +
      'fuyu blip-2 kosmos-2 whisper clip',
  ],
  [['images or audio', 'mixture of experts'], 'qwen3_vl_moe qwen3_5_moe aria kimi_k25'],
  [['alibi positions'], 'bloom mpt'],
  [['interleaved rotary positions'], 'gptj codegen cohere cohere2 glm glm4 ernie4_5 helium'],
];

const partsOfType: ReadonlyMap<string, readonly MissingPart[]> = new Map(
  types.flatMap(([parts, names]) => names.split(' ').map((name) => [name, parts] as const)),
);

/** The parts that an architecture has and that are not computed; null for one that is not known. */
export function missingPartsOf(modelType: string): readonly MissingPart[] | null {
  return partsOfType.get(modelType) ?? null;
}

/** What a person may do about parts that are missing. */
export function adviceFor(parts: readonly MissingPart[]): string {
  return parts.flatMap((part) => missingParts[part] ?? []).join(' ');
}
