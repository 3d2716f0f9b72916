import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePairs, writeQuestions } from '../../harness/data/index.ts';
import type { Candidate, PreferencePair } from '../../harness/data/preference-pair.ts';
import { writeItems, type Item } from '../../harness/eval/index.ts';
import { digestOfFiles, localFiles } from '../../harness/kinds/plugin-source.ts';
import {
  describeFolder,
  stageFolder,
  writeTaskFile,
  type Provenance,
  type StageTask,
} from '../../harness/store/index.ts';
import { captured, documentOf } from './captured-run.ts';

const results = mkdtempSync(path.join(tmpdir(), 'harness-rescore-'));
afterAll(() => rmSync(results, { recursive: true, force: true }));

/** A task that knows its right answers, one that does not, and a grader that answers later. */
const plugin = path.join(results, 'halves.mjs');
const pluginText = `export default ({ z }) => {
  const task = (kind) => ({
    kind,
    schema: z.strictObject({ kind: z.literal(kind), name: z.string() }),
    grader: null,
    headline: 'eval/pairwise_accuracy',
    lengths: () => ({ prompt: 1, chosen: 1, rejected: 1 }),
    sizes: () => ({ trainPairs: 0, devPairs: 0, testPairs: 3, questions: 1, candidates: 4, leastCandidates: 4 }),
    read: async () => ({ train: [], dev: [], test: [], pool: [], counts: {} }),
  });
  const later = {
    kind: 'last-word',
    version: 3,
    answerOf: (response) => response.split(' ').at(-1) ?? null,
    normalize: (answer) => answer,
    isCorrect: async (answer, reference) => {
      await new Promise((done) => setTimeout(done, 1));
      return answer === reference;
    },
  };
  return {
    tasks: [{ ...task('halves'), references: async () => new Map([['q', '0.5']]) }, task('opinions')],
    graders: [later],
  };
};`;

const said = (answer: string): string => `The answer is ${answer}`;
const candidates: readonly Candidate[] = [
  { text: said('1/2'), answer: '1/2', isCorrect: true, source: 'a/one' },
  { text: said('0.5'), answer: '0.5', isCorrect: false, source: 'a/two' },
  { text: said('2'), answer: '2', isCorrect: false, source: 'b/three' },
  { text: said('\\frac{1}{}'), answer: null, isCorrect: false, source: 'b/four' },
];
const pair = (id: string, chosen: string, rejected: string): PreferencePair => ({
  id,
  group: 'q',
  prompt: 'Half of one?',
  chosen: said(chosen),
  rejected: said(rejected),
  source: 'a/one vs b/three',
  edits: [],
});
const pairs = [pair('kept', '0.5', '2'), pair('swapped', '2', '1/2'), pair('dropped', '1/2', '0.5')];

const facts = { group: 'q', tokens: 5, subset: null } as const;
const pairItems = pairs.flatMap(({ id }, p): Item[] =>
  [0, 1].map((candidate) => ({
    ...facts,
    set: 'pairs',
    itemId: id,
    candidate,
    reward: candidate === 0 ? 1 : [0, -1, 2][p]!,
    isCorrect: candidate === 0,
    answer: null,
    source: null,
  })),
);
const poolItems = candidates.map(({ answer, isCorrect, source }, candidate): Item => ({
  ...facts,
  set: 'pool',
  itemId: 'q',
  candidate,
  reward: [1, 4, 3, 2][candidate]!,
  isCorrect,
  answer,
  source,
}));

interface Written {
  readonly id: string;
  readonly config: object;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** A stage folder as a worker leaves it. */
function writeStage({ id, config, inputs = {} }: Written, write: (folder: string) => void): void {
  const folder = stageFolder(results, id);
  const task: StageTask = {
    stage: { id, kind: id.split('-')[0] ?? '', fingerprint: id.padEnd(64, '0'), config, inputs },
    folder,
    inputFolders: Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, stageFolder(results, input)]),
    ),
    execution: { threads: 1, device: 'cpu', checkpointEverySeconds: 60 },
    cacheFolder: path.join(results, 'cache'),
    plugins: [{ file: plugin, digest: digestOfFiles(localFiles(plugin)) }],
    attempt: 1,
    provenance: { provenanceVersion: 1 } as unknown as Provenance,
  };
  writeTaskFile(task);
  const before = new Set(readdirSync(folder));
  write(folder);
  const outputs = readdirSync(folder)
    .filter((file) => !before.has(file))
    .map((file) => {
      const bytes = readFileSync(path.join(folder, file));
      return { file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    });
  describeFolder(task);
  writeFileSync(path.join(folder, 'journal.jsonl'), '');
  writeFileSync(path.join(folder, 'done.json'), JSON.stringify({ id, outcome: { kind: 'completed' }, outputs }));
}

function writeTask(id: string, kind: string): void {
  writeStage({ id, config: { task: { kind, name: kind }, contextLength: 64, dataDigest: null } }, (folder) => {
    writePairs(path.join(folder, 'test.jsonl'), pairs);
    writePairs(path.join(folder, 'dev.jsonl'), pairs.slice(0, 2));
    writeQuestions(path.join(folder, 'pool.jsonl'), [{ id: 'q', group: 'q', prompt: 'Half of one?', candidates }]);
  });
}

function writeEvaluation(id: string, task: string, split: 'dev' | 'test'): void {
  writeStage({ id, config: { split, evaluate: { bestOf: [1, 2, 4] } }, inputs: { task } }, (folder) => {
    writeItems(
      path.join(folder, 'items.arrow'),
      split === 'test' ? [...pairItems, ...poolItems] : pairItems.slice(0, 4),
    );
  });
}

const [halves, opinions] = ['task-aaaaaaaaaaaa', 'task-bbbbbbbbbbbb'];
const test = 'evaluate-111111111111';

beforeAll(() => {
  writeFileSync(plugin, pluginText);
  writeTask(halves, 'halves');
  writeTask(opinions, 'opinions');
  writeEvaluation(test, halves, 'test');
  writeEvaluation('evaluate-222222222222', halves, 'dev');
  writeEvaluation('evaluate-333333333333', opinions, 'test');
});

const rescore = (...argv: readonly string[]): ReturnType<typeof captured> =>
  captured(['rescore', ...argv], { HARNESS_RESULTS: results, HARNESS_CACHE: path.join(results, 'cache') });

interface Task {
  readonly [key: string]: unknown;
  readonly stages: readonly { readonly stage: string; readonly metrics: readonly Metric[] }[];
}
interface Metric {
  readonly name: string;
  readonly recorded: number | null;
  readonly now: number | null;
}

async function tasksOf(...argv: readonly string[]): Promise<readonly Task[]> {
  const run = await rescore('--json', ...argv);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return documentOf(run)['tasks'] as readonly Task[];
}

const everyFile = (): readonly string[] =>
  readdirSync(path.join(results, 'store'), { recursive: true, encoding: 'utf8' }).toSorted();

describe('harness rescore', () => {
  it('labels the stored candidates anew and sets the metrics beside the recorded ones', async () => {
    const before = everyFile();
    const [task] = await tasksOf('--grader', 'math', test);
    expect(task).toMatchObject({
      task: halves,
      grader: { kind: 'math', version: 1 },
      split: 'test',
      candidates: 4,
      candidatesChanged: 2,
      ungraded: 1,
      withoutReference: 0,
      pairs: 3,
      pairsSwapped: 1,
      pairsDropped: 1,
      changed: [
        { question: 'q', source: 'a/two', answer: '0.5', reference: '0.5', recorded: false, now: true },
        { question: 'q', source: 'b/four', answer: '\\frac{1}{}', reference: '0.5', recorded: false, now: null },
      ],
      changedPairs: [
        { pair: 'swapped', fate: 'swapped', chosen: '2', rejected: '1/2', reference: '0.5' },
        { pair: 'dropped', fate: 'dropped', chosen: '1/2', rejected: '0.5', reference: '0.5' },
      ],
    });
    const metric = (name: string): readonly (number | null)[] => {
      const found = task?.stages[0]?.metrics.find((one) => one.name === name);
      return [found?.recorded ?? null, found?.now ?? null];
    };
    // Margins 1, 2 and -1: two of three; then 1 and, exchanged, -2.
    expect(metric('eval/pairwise_accuracy')).toEqual([2 / 3, 1 / 2]);
    expect(metric('eval/best_of_1')).toEqual([1 / 4, 1 / 2]);
    // The highest reward has 0.5, which was labelled wrong.
    expect(metric('eval/best_of_4')).toEqual([0, 1]);
    // Of six pairs of candidates, three have the first; one has neither the first nor the second.
    expect(metric('baseline/pass_at_2')).toEqual([1 / 2, 5 / 6]);
    // Four answers, each once; then two of four candidates vote for one half.
    expect(metric('baseline/majority_at_4')).toEqual([1 / 3, 1]);
    expect(everyFile()).toEqual(before);
  });

  it("takes a plug-in's grader that answers later", async () => {
    const [task] = await tasksOf('--grader', 'last-word', test);
    expect(task).toMatchObject({ grader: { kind: 'last-word', version: 3 }, candidatesChanged: 2, pairsDropped: 1 });
  });

  it('leaves out evaluations on dev, but for those that are named', async () => {
    const [task] = await tasksOf('--grader', 'math', 'evaluate-2222');
    expect(task).toMatchObject({ split: 'dev', candidates: 0, pairs: 2, pairsSwapped: 1 });
  });

  it('says it to people: every label that changed, and the metrics', async () => {
    const { exitCode, stdout } = await rescore('--grader', 'math', test);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`halves (${halves}, test) by math version 1`);
    expect(stdout).toContain('4 candidates, 2 labels changed, 1 not graded; 3 pairs, 1 swapped, 1 dropped');
    expect(stdout).toMatch(/q +a\/two +0\.5 +0\.5 +wrong +right/);
    expect(stdout).toMatch(/q +b\/four +\S+ +0\.5 +wrong +not graded/);
    expect(stdout).toMatch(/eval\/pairwise_accuracy +0\.6667 +0\.5000/);
  });

  it('leaves out tasks whose labels come with the data, and says so', async () => {
    const { exitCode, stdout, stderr } = await rescore('--grader', 'math', test, 'evaluate-3');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`halves (${halves}, test)`);
    expect(stdout).not.toContain(opinions);
    expect(stderr).toContain(`left out ${opinions}: no right answers`);
  });

  it.each([
    [['--grader', 'maths', test], 2, 'there is no grader maths', 'did you mean math?'],
    [['--grader', 'math', 'evaluate-3'], 2, `${opinions}: no right answers to compare with`, 'labels come with'],
    [['--grader', 'math', halves], 2, `${halves} is a stage of another kind: ${halves}`, 'ls stages --kind evaluate'],
    [['--grader', 'math', 'nothing'], 2, 'nothing is neither an experiment nor a stage', 'Name experiments'],
    [['--grader', 'math', '--plugin', 'nowhere.mjs', test], 2, 'there is no file', 'plug-in'],
    [[test], 2, '--grader needs a value', 'rescore'],
  ])('refuses %j', async (argv, exitCode, message, hint) => {
    const run = await rescore(...argv);
    expect(run).toMatchObject({ exitCode, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain(hint);
  });

  it('says that nothing is done in an empty results folder', async () => {
    const empty = path.join(results, 'empty');
    const run = await captured(['rescore', '--grader', 'math'], { HARNESS_RESULTS: empty });
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain('no evaluation is done');
  });
});
