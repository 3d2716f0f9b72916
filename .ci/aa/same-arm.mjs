// PMP under a second name, for A/A runs: aa.yaml gives it a weight of the LM loss that is 1 in the arithmetic of the
// training, and that no other arm has.
export default {
  arms: [
    {
      id: 'pmp-again',
      formerIds: [],
      label: 'PMP again',
      order: 41,
      role: 'treatment',
      style: { color: '#cc79a7', shape: 'triangle-up', dash: [2, 2], smaller: null },
      matches: ({ objective }) => objective.kind === 'pmp' && objective.lmWeight > 1 && objective.lmWeight < 1 + 1e-9,
    },
  ],
};
