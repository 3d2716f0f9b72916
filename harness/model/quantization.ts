/** Weights that config.json calls quantized: refused by the name of the method. */
import { UserError } from '../spec/user-error.ts';
import type { ConfigReader } from './config-reader.ts';

/** Throws UserError (exit 4) where the weights are quantized. */
export function refuseQuantized(config: ConfigReader): void {
  const found = config.map('quantization_config');
  if (found === null) return;
  const method = found.raw('quant_method');
  const bits = found.raw('load_in_4bit') === true ? 4 : found.raw('load_in_8bit') === true ? 8 : found.raw('bits');
  const named = [
    typeof method === 'string' ? method : 'an unnamed method',
    ...(bits === undefined ? [] : [`${String(bits)} bits`]),
  ];
  throw new UserError(`${config.path}: quantization_config: weights quantized with ${named.join(', ')} are not read`, {
    exitCode: 4,
    hint: 'Give the model in bfloat16, float16 or float32: the one it was quantized from, or dequantized and saved again.',
  });
}
