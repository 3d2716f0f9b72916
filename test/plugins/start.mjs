// @ts-check
/** A starting point: random initialization with a reward head of zeros, so that every model begins without an opinion. */

/**
 * @param {import('harness').PluginTools} tools
 * @returns {import('harness').Plugin}
 */
export default function startPlugin({ z, initParameters }) {
  /** @type {import('harness').StartKind} */
  const zeroHead = {
    kind: 'zero-head',
    schema: z.strictObject({ kind: z.literal('zero-head') }),
    provides: () => null,
    tokenizerJson: () => null,
    parameters: async (_, model, seed) => {
      const parameters = initParameters(model, seed);
      return { ...parameters, 'score.weight': new Float32Array(model.hiddenSize) };
    },
  };
  return { starts: [zeroHead] };
}
