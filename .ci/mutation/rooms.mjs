/** What is mutated, and the tests that must notice: by the name that a run is given. */
export const rooms = {
  stats: { mutate: ['harness/stats/*.ts'], tests: ['test/stats/**/*.test.ts'] },
  eval: { mutate: ['harness/eval/**/*.ts'], tests: ['test/eval/**/*.test.ts'] },
  train: {
    mutate: ['harness/train/{pmp-loss,schedule,pair-order}.ts'],
    tests: ['test/train/{pmp-loss,schedule,pair-order,objective-terms}.test.ts'],
  },
  stages: {
    mutate: ['harness/stages/{baseline,evaluate,items,probes,ranker,sample,scored,select,task-split,task-scoring}.ts'],
    tests: ['test/stages/{scoring-parts,scoring-stages,stages,sample,ranker,chat-rows}.test.ts'],
  },
};
