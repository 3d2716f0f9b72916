// @ts-check
/** An arm: preference pretraining by the pairwise loss alone. Without it these trials would count as `pmp`. */

/** @type {import('harness').Arm} */
const pairwiseOnly = {
  id: 'pairwise-only',
  formerIds: [],
  label: 'PMP without LM loss',
  order: 25,
  role: 'control',
  style: { color: '#cc79a7', shape: 'triangle-down', dash: [4, 2], smaller: null },
  matches: ({ objective }) => objective.kind === 'pmp' && objective.lmWeight === 0,
};

/** @type {import('harness').Plugin} */
export default { arms: [pairwiseOnly] };
