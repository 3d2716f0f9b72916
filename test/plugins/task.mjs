// @ts-check
/** A task with a grader of its own: which of two numbers is the sum? It is judged by best-of-2. */

/** @typedef {import('harness').TaskSpec & { pairs: number }} Sums */

/** @type {import('harness').GraderKind} */
const lastNumber = {
  kind: 'last-number',
  version: 1,
  answerOf: (response) => /(\d+)\D*$/.exec(response)?.[1] ?? null,
  normalize: (answer) => String(Number(answer)),
  isCorrect: (answer, reference) => answer === reference,
};

/** @param {number} index */
function question(index) {
  const [a, b] = [index % 97, (index * 31) % 89];
  return { id: `sums-${index}`, group: `sums-${index}`, prompt: `${a} + ${b} =`, sum: a + b };
}

/**
 * @param {number} index
 * @returns {import('harness').PreferencePair}
 */
function pair(index) {
  const { sum, ...asked } = question(index);
  const wrong = sum + (index % 2 === 0 ? 1 : -1);
  return { ...asked, chosen: ` ${sum}`, rejected: ` ${wrong}`, source: 'sums', edits: [`${sum} -> ${wrong}`] };
}

/**
 * @param {number} index
 * @param {import('harness').GraderKind} grader
 * @returns {Promise<import('harness').CandidateQuestion>}
 */
async function poolQuestion(index, grader) {
  const { sum, ...asked } = question(index);
  const candidates = [sum, sum + 1, sum - 1, sum + 10].map(async (number) => {
    const text = ` ${number}`;
    const answer = grader.answerOf(text);
    return { text, answer, isCorrect: await grader.isCorrect(answer, String(sum)), source: 'sums' };
  });
  return { ...asked, candidates: await Promise.all(candidates) };
}

/** @param {number} from @param {number} count */
const range = (from, count) => Array.from({ length: count }, (_, index) => from + index);

/**
 * @param {import('harness').PluginTools} tools
 * @returns {import('harness').Plugin}
 */
export default function taskPlugin({ z }) {
  /** @type {import('harness').TaskKind<Sums>} */
  const sums = {
    kind: 'sums',
    schema: z.strictObject({ kind: z.literal('sums'), name: z.string(), pairs: z.number().int().min(1).default(64) }),
    grader: 'last-number',
    headline: 'eval/best_of_2',
    sizeFields: { trainPairs: 'pairs' },
    sizes: ({ pairs }) => ({
      trainPairs: pairs,
      devPairs: 8,
      testPairs: 16,
      questions: 8,
      candidates: 4,
      leastCandidates: 4,
    }),
    lengths: () => ({ prompt: 8, chosen: 4, rejected: 4 }),
    read: async ({ pairs }, { grader }) => {
      if (grader === null) throw new Error('sums needs its grader');
      return {
        dev: range(0, 8).map(pair),
        test: range(8, 16).map(pair),
        pool: await Promise.all(range(24, 8).map((index) => poolQuestion(index, grader))),
        train: range(32, pairs).map(pair),
        counts: {},
      };
    },
  };
  return { tasks: [sums], graders: [lastNumber] };
}
