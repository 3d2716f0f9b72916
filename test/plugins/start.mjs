// @ts-check
/** A starting point: random initialization with a wider reward head, so that models begin with strong opinions. */

/**
 * @param {import('harness').PluginTools} tools
 * @returns {import('harness').Plugin}
 */
export default function startPlugin({ z, initParameters }) {
  /** @type {import('harness').StartKind<import('harness').KindSpec & { scale: number }>} */
  const wideHead = {
    kind: 'wide-head',
    schema: z.strictObject({ kind: z.literal('wide-head'), scale: z.number().positive().default(100) }),
    provides: () => null,
    tokenizerFiles: () => null,
    parameters: async ({ scale }, model, seed) => {
      const { 'score.weight': head = new Float32Array(), ...body } = initParameters(model, seed);
      return { ...body, 'score.weight': head.map((value) => scale * value) };
    },
  };
  return { starts: [wideHead] };
}
