/** The text of a plug-in is part of the identity of the stages that use a kind of it, and of no other. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readValidExperiment } from '../../harness/kinds/index.ts';
import { planExperiment, planInputs, type Plan } from '../../harness/plan/index.ts';
import { edited } from '../spec/base-experiment.ts';
import { PluginFolder, refusalOf, taskText } from './plugin-folder.ts';

const section = (kind: string, rest: string): string =>
  `kind: '${kind}', schema: z.strictObject({ kind: z.literal('${kind}') }), lengths: () => ({ prompt: ` +
  `1, chosen: 1, rejected: 1 }), ${rest}`;

const plugins = {
  'corpus.mjs':
    `export default ({ z }) => ({ corpora: [{ ` +
    `${section('mine', 'expectedFunctions: () => ({ functions: 1, heldOut: 1 }), async cut() {}')} }] });`,
  'pairs.mjs':
    `export default ({ z }) => ({ pairs: [{ ` +
    `${section('mine', 'readsCorpus: true, expectedPairs: () => ({ pairs: 160, heldOut: 1 }), async make() {}')} }] });`,
  'task.mjs': taskText("grader: 'mine',").replace('pairs: z.number().default(8)', 'pairs: z.number().default(256)'),
  'grader.mjs':
    "export default { graders: [{ kind: 'mine', version: 1, answerOf() {}, normalize() {}, isCorrect() {} }] };",
  'start.mjs': `export default ({ z }) => ({ starts: [{ kind: 'mine', schema: z.strictObject({ kind: z.literal('mine') }),
    provides: () => null, tokenizerFiles: () => null, async parameters() {} }] });`,
  'arm.mjs': `export default { arms: [{ id: 'mine', formerIds: [], label: 'mine', order: 5, role: 'control',
    style: { color: '#000', shape: 'cross', dash: [1, 0], smaller: null }, matches: ({ objective }) => objective.kind === 'pmp' }] };`,
  'figure.mjs': "export default { figures: [{ id: 'mine', scope: 'task', draw: () => null }], metrics: [] };",
  'backend.mjs':
    "export default { backends: [{ name: 'mine', numerics: null, serves: () => true, command: () => ['true'] }] };",
};

let folder: PluginFolder;
let experiment: string;
beforeAll(() => {
  folder = new PluginFolder();
  for (const [name, text] of Object.entries(plugins)) folder.write(name, text);
  experiment = folder.write(
    'mine.yaml',
    edited(
      [
        'corpus: {kind: npm}',
        `plugins: [${Object.keys(plugins).join(', ')}]\nstart: {kind: mine}\ncorpus: {kind: mine}`,
      ],
      ['pairs: {kind: mutate}', 'pairs: {kind: mine}'],
      [/task:[\s\S]*?trainPairs: 256\n/.exec(edited())?.[0] ?? '', 'task: {kind: sums, name: sums}\n'],
      ['bestOf: [1, 2]', 'bestOf: [1]'],
    ),
  );
});
afterAll(() => folder.remove());

async function plan(): Promise<Plan> {
  const { result, kinds } = await readValidExperiment(experiment);
  return planExperiment(result.spec, planInputs(kinds));
}

/** The stages whose own config changes with the plug-in; those behind them follow by their inputs. */
async function ownChangesBy(name: keyof typeof plugins): Promise<readonly string[]> {
  const before = await plan();
  folder.write(name, `${plugins[name]}\n// edited\n`);
  const after = await plan();
  folder.write(name, plugins[name]);
  const changed = before.stages.filter(
    ({ config }, index) => JSON.stringify(config) !== JSON.stringify(after.stages[index]?.config),
  );
  return [...new Set(changed.map(({ kind }) => kind))];
}

describe('an edited plug-in runs again what uses a kind of it:', () => {
  it.each([
    ['corpus.mjs', ['corpus']],
    ['pairs.mjs', ['pairs']],
    ['task.mjs', ['task']],
    ['grader.mjs', ['task']],
    ['start.mjs', ['pretrain']],
    ['arm.mjs', []],
    ['figure.mjs', []],
    ['backend.mjs', []],
  ] as const)('%s: %j', async (name, kinds) => {
    expect(await ownChangesBy(name)).toEqual(kinds);
  });

  it('an arm of a plug-in claims its trials', async () => {
    expect((await plan()).trials.map(({ axes }) => axes.arm)).toEqual(['mine', 'mine']);
  });

  it('no stage of ours has a digest of a plug-in', async () => {
    const digests = Object.fromEntries(
      (await plan()).stages.map(({ kind, config }) => [kind, 'plugin' in config ? config.plugin : null]),
    );
    const used = Object.keys(digests).filter((kind) => digests[kind] !== null);
    expect(used.toSorted()).toEqual(['corpus', 'pairs', 'pretrain', 'task']);
  });

  it('a plug-in that nothing uses changes no identity', async () => {
    const ids = async (list: string) => {
      folder.write('other.yaml', edited(['corpus: {kind: npm}', `plugins: ${list}\ncorpus: {kind: npm}`]));
      const { result, kinds } = await readValidExperiment(path.join(folder.path, 'other.yaml'));
      return planExperiment(result.spec, planInputs(kinds)).stages.map(({ id }) => id);
    };
    expect(await ids('[task.mjs, grader.mjs, start.mjs]')).toEqual(await ids('[]'));
  });

  it('an error in a rule inside a schema is told at its line', async () => {
    folder.write(
      'bad.mjs',
      plugins['corpus.mjs'].replace(
        "z.literal('mine') })",
        "z.literal('mine'), size: z.number().default(1).refine(\n() => rows.length) })",
      ),
    );
    folder.write('bad.yaml', edited(['corpus: {kind: npm}', 'plugins: [bad.mjs]\ncorpus: {kind: mine, size: 2}']));
    const { message } = await refusalOf(readValidExperiment(path.join(folder.path, 'bad.yaml')));
    expect(message).toMatch(/bad\.mjs:2: rows is not defined$/);
  });
});
