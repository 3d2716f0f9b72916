/** Plug-ins as they are loaded: what they may be, what they add, and how every fault in one is told. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInKinds, kindsWith, loadPlugins, type KindIo } from '../../harness/kinds/index.ts';
import { kindOf, type KindSpec, type TaskSpec } from '../../harness/spec/index.ts';
import { PluginFolder, refusalOf, taskText } from './plugin-folder.ts';

let folder: PluginFolder;
beforeEach(() => {
  folder = new PluginFolder();
});
afterEach(() => folder.remove());

const io: KindIo = {
  cacheFolder: '',
  scratchFolder: '',
  mirrorFolder: null,
  tokenizerFolder: null,
  responseEnd: null,
  download: false,
  note: () => {},
};
const spec = { kind: 'sums', name: 'sums', pairs: 8 } as TaskSpec;

/** What `read` of the task in my-task.mjs gives. */
async function readTask(text: string): Promise<unknown> {
  folder.write('my-task.mjs', text);
  return kindOf((await folder.kinds('my-task.mjs')).tasks, spec).read(spec, { ...io, grader: null });
}

/** The refusal with the folder's path left out. */
async function messageOf(work: Promise<unknown>): Promise<string> {
  const { message, exitCode } = await refusalOf(work);
  expect(exitCode).toBe(2);
  return message.replaceAll(`${folder.path}/`, '');
}

const loading = (text: string, name = 'p.mjs'): Promise<string> => {
  folder.write(name, text);
  return messageOf(folder.load(name));
};

describe('a plug-in', () => {
  it('adds its kinds behind ours, and its arms before ours', async () => {
    folder.write('my-task.mjs', taskText());
    folder.write(
      'arm.mjs',
      `export default { arms: [{ id: 'mine', formerIds: [], label: 'mine', order: 5, role: 'control',
        style: { color: '#000', shape: 'cross', dash: [1, 0], smaller: null }, matches: () => true }] };`,
    );
    const kinds = await folder.kinds('my-task.mjs', 'arm.mjs');
    expect(kinds.tasks.map(({ kind }) => kind)).toEqual([...builtInKinds.tasks.map(({ kind }) => kind), 'sums']);
    expect(kinds.arms.map(({ id }) => id)).toEqual(['mine', ...builtInKinds.arms.map(({ id }) => id)]);
  });

  it('may be an object, a function, an asynchronous function or a CommonJS module', async () => {
    folder.write('object.mjs', 'export default {};');
    folder.write('function.mjs', 'export default ({ z, UserError, randomStream, initParameters }) => ({ arms: [] });');
    folder.write('later.mjs', 'export default async () => ({ metrics: [] });');
    folder.write('common.cjs', 'module.exports = { figures: [] };');
    const plugins = await folder.load('object.mjs', 'function.mjs', 'later.mjs', 'common.cjs');
    expect(plugins.map(({ plugin }) => plugin)).toEqual([{}, { arms: [] }, { metrics: [] }, { figures: [] }]);
  });

  it('may hold its kinds as instances of a class', async () => {
    folder.write(
      'grader.mjs',
      `class Grader { kind = 'last-word'; version = 1; #mark = /(\\w+)$/;
        answerOf(text) { return this.#mark.exec(text)?.[1] ?? null; } normalize(text) { return text; }
        isCorrect(answer, reference) { return answer === reference; } }
      export default { graders: [new Grader()] };`,
    );
    const { graders } = await folder.kinds('grader.mjs');
    expect(kindOf(graders, { kind: 'last-word' }).answerOf('it is seven')).toBe('seven');
  });

  it('has a digest of its text and of the text of all that it imports by a relative path', async () => {
    const digestWith = async (rows: string, more: string): Promise<string | undefined> => {
      folder.write('more.json', more);
      folder.write('rows.mjs', `import more from './more.json' with { type: 'json' };\nexport const rows = ${rows};`);
      folder.write('p.mjs', "// import './comment.mjs'\nexport { rows } from './rows.mjs';\nexport default {};");
      return (await folder.load('p.mjs'))[0]?.digest;
    };
    const first = await digestWith('1', '{}');
    folder.write('comment.mjs', 'nothing imports this');
    expect(await digestWith('1', '{}')).toBe(first);
    expect(await digestWith('2', '{}')).not.toBe(first);
    expect(await digestWith('1', '[]')).not.toBe(first);
  });

  it('has a digest of what a CommonJS module requires, with or without the ending', async () => {
    folder.write('p.cjs', "module.exports = require('./rows');");
    folder.write('rows.js', 'module.exports = {};');
    const [before] = await folder.load('p.cjs');
    folder.write('rows.js', 'module.exports = { tasks: [] };');
    expect((await folder.load('p.cjs'))[0]?.digest).not.toBe(before?.digest);
  });

  it('is loaded anew once its text has changed, and refused where a stage was planned with the old text', async () => {
    const file = folder.write('p.mjs', 'export default { tasks: [] };');
    const [before] = await folder.load('p.mjs');
    folder.write('p.mjs', 'export default { arms: [] };');
    expect((await folder.load('p.mjs'))[0]?.plugin).toEqual({ arms: [] });
    expect(await messageOf(loadPlugins([{ file, digest: String(before?.digest) }]))).toBe(
      'p.mjs has changed since the stage was planned',
    );
  });
});

describe('a plug-in that is named wrongly is refused at its line of the experiment:', () => {
  it('a file that is not there', async () => {
    expect(await messageOf(folder.load('gone.mjs'))).toBe('mine.yaml:2:5: plugins: there is no file gone.mjs');
  });

  it('a folder', async () => {
    mkdirSync(path.join(folder.path, 'kinds.mjs'));
    expect(await messageOf(folder.load('kinds.mjs'))).toBe('mine.yaml:2:5: plugins: there is no file kinds.mjs');
  });

  it.each(['my-task.ts', 'task.json', 'task'])('%s, which is no JavaScript', async (name) => {
    folder.write(name, '{}');
    expect(await messageOf(folder.load(name))).toBe(`mine.yaml:2:5: plugins: ${name} is no JavaScript module`);
  });

  it('one file twice', async () => {
    folder.write('p.mjs', 'export default {};');
    expect(await messageOf(folder.load('p.mjs', 'p.mjs'))).toBe('mine.yaml:3:5: plugins: p.mjs is named twice');
  });
});

describe('a plug-in that cannot be loaded is refused at its own line:', () => {
  it('a syntax error', async () => {
    expect(await loading('export default {\n  tasks: [\n    oops oops\n  ],\n};')).toMatch(
      /^p\.mjs:3: Unexpected identifier 'oops'/,
    );
  });

  it('a syntax error in a file that it imports', async () => {
    folder.write('rows.mjs', 'export const rows = 1;\n\nexport const = 2;');
    expect(await loading("import { rows } from './rows.mjs';\nexport default {};")).toMatch(/^rows\.mjs:3: Unexpected/);
  });

  it('a syntax error in a CommonJS module', async () => {
    expect(await loading('module.exports = {\n  tasks: [\n};', 'p.cjs')).toMatch(/^p\.cjs:3: /);
  });

  it('a throw while it is imported', async () => {
    expect(await loading('const rows = undefined;\nrows.length;\nexport default {};')).toBe(
      "p.mjs:2: Cannot read properties of undefined (reading 'length')",
    );
  });

  it('a throw in a file that it imports', async () => {
    folder.write('rows.mjs', "\nthrow new Error('no rows');");
    expect(await loading("import './rows.mjs';\nexport default {};")).toBe('rows.mjs:2: no rows');
  });

  it('a throw in its function', async () => {
    expect(await loading('export default ({ zod }) =>\n  zod.strictObject({});')).toBe(
      "p.mjs:2: Cannot read properties of undefined (reading 'strictObject')",
    );
  });

  it('a rejection of its function', async () => {
    expect(await loading("export default async () => {\n  await null;\n  throw new Error('later');\n};")).toBe(
      'p.mjs:3: later',
    );
  });

  it('a throw of something that is no error', async () => {
    expect(await loading("export default () => {\n  throw 'text';\n};")).toBe('p.mjs: text');
  });

  it('a package that is not installed', async () => {
    expect(await loading("\nimport rows from 'not-installed';\nexport default {};")).toMatch(
      /^p\.mjs:2: Cannot find package 'not-installed'/,
    );
  });

  it('a file that it imports and that is not there', async () => {
    expect(await loading("\n\nimport rows from './gone.mjs';\nexport default {};")).toMatch(
      /^p\.mjs:3: Cannot find module/,
    );
  });

  it('a name that what it imports does not export', async () => {
    folder.write('rows.mjs', 'export const rows = 1;');
    expect(await loading("\nimport { row } from './rows.mjs';\nexport default {};")).toMatch(
      /^p\.mjs:2: .*does not provide an export named 'row'/,
    );
  });

  it('no default export', async () => {
    expect(await loading('export const tasks = [];')).toBe(
      'p.mjs: there is no default export, or its function returns nothing',
    );
  });
});

describe('a plug-in of a wrong shape is refused', () => {
  it('with all that is wrong at once', async () => {
    expect(
      await loading(`export default ({ z }) => ({
        task: [],
        tasks: [{ kind: 'Sums!', schema: z.object({ kind: z.literal('other') }), grader: 3, headline: 'x', lengths: 1,
          read() {}, sizes() {}, locatons: ['path'] }],
        figures: [{ id: 'f', scope: 'page' }],
      });`),
    ).toBe(
      [
        'p.mjs: the default export is no plug-in:',
        'tasks[0].kind: must be lower-case letters, digits and dashes',
        'tasks[0].lengths: must be a function',
        'tasks[0].grader: must be a text',
        'tasks[0]: locatons is no member; did you mean locations?',
        'figures[0].draw: must be a function',
        'figures[0].scope: Invalid option: expected one of "task"|"experiment"',
        'task cannot be registered; did you mean tasks?',
        'tasks[0].schema: must be a z.strictObject: other objects let misspelled fields pass',
      ].join('\n  '),
    );
  });

  it.each([
    ["z.strictObject({ kind: z.literal('other'), name: z.string() })", "must have the field kind: z.literal('sums')"],
    ["z.strictObject({ kind: z.literal('sums') })", 'must have the field name'],
    [
      '{}',
      "must be a z.strictObject({ kind: z.literal('sums'), ... " +
        "}), made with the z that the plug-in's function is given",
    ],
  ])('with the schema %s', async (schema, problem) => {
    expect(await loading(taskText(`schema: ${schema},`))).toBe(
      `p.mjs: the default export is no plug-in: tasks[0].schema: ${problem}`,
    );
  });

  it('with a location that is no field of its schema', async () => {
    expect(await loading(taskText("locations: ['file'],"))).toBe(
      'p.mjs: the default export is no plug-in: tasks[0].locations: the schema has no field file',
    );
  });

  it('with a schema of another copy of zod', async () => {
    cpSync(path.resolve('node_modules/zod'), path.join(folder.path, 'node_modules', 'zod'), {
      recursive: true,
      dereference: true,
      filter: (file) => !/\.(ts|cts|map)$/.test(file),
    });
    expect(await loading(`import { z } from 'zod';${taskText().replace('({ z })', '()')}`)).toBe(
      'p.mjs: the default export is no plug-in: tasks[0].schema: was made with another copy of zod: ' +
        "use the z that the plug-in's function is given",
    );
  });

  it('where it is no object at all', async () => {
    expect(await loading('export default 7;')).toBe(
      'p.mjs: the default export is no plug-in: it: must be an object such as { tasks: [...] }',
    );
  });
});

describe('a name is refused where it is taken', () => {
  const named = (kind: string): string => taskText().replaceAll("'sums'", `'${kind}'`);

  it('by one of ours', async () => {
    folder.write('p.mjs', named('gsm8k'));
    expect(await messageOf(folder.kinds('p.mjs'))).toBe('p.mjs: the name gsm8k is taken');
  });

  it('by another plug-in', async () => {
    folder.write('one.mjs', named('sums'));
    folder.write('two.mjs', named('sums'));
    expect(await messageOf(folder.kinds('one.mjs', 'two.mjs'))).toBe('two.mjs: the name sums is taken');
  });

  it('by a metric of ours', async () => {
    folder.write('p.mjs', "export default { metrics: [{ name: 'eval/pairs', unit: 'count', better: null }] };");
    expect(await messageOf(folder.kinds('p.mjs'))).toBe('p.mjs: the name eval/pairs is taken');
  });

  it('but two sorts may share one', async () => {
    folder.write('one.mjs', named('sums'));
    folder.write(
      'two.mjs',
      "export default { graders: [{ kind: 'sums', version: 1, answerOf() {}, normalize() {}, isCorrect() {} }] };",
    );
    expect((await folder.kinds('one.mjs', 'two.mjs')).graders.map(({ kind }) => kind)).toContain('sums');
  });

  it('a task must name a grader that is there', async () => {
    folder.write('p.mjs', taskText("grader: 'final-answr',"));
    const { message, hint } = await refusalOf(folder.kinds('p.mjs'));
    expect(message).toMatch(/p\.mjs: task sums: there is no grader final-answr$/);
    expect(hint).toBe('did you mean final-answer?');
  });

  it('a task must name a scoring that is there', async () => {
    folder.write('p.mjs', taskText("scoring: 'judgebnch',"));
    const { message, hint } = await refusalOf(folder.kinds('p.mjs'));
    expect(message).toMatch(/p\.mjs: task sums: there is no scoring judgebnch$/);
    expect(hint).toBe('did you mean judgebench?');
    folder.write('q.mjs', taskText("scoring: 'judgebench', scoringSettings: () => ({}),"));
    expect(kindOf((await folder.kinds('q.mjs')).tasks, { kind: 'sums' }).scoring).toBe('judgebench');
  });
});

describe('what a function of a plug-in throws is told with file and line:', () => {
  it('at once', async () => {
    expect(await messageOf(readTask(taskText('\nread() {\n  return rows.length;\n},')))).toMatch(
      /^my-task\.mjs:2\d: task sums, read: rows is not defined$/,
    );
  });

  it('later', async () => {
    expect(
      await messageOf(readTask(taskText("\nread: async () => {\n  await null;\n  throw new Error('later');\n},"))),
    ).toMatch(/^my-task\.mjs:2\d: task sums, read: later$/);
  });

  it('in a package that it calls, at its own line', async () => {
    const text = taskText('read: async () => z.string().parse(7),');
    expect(await messageOf(readTask(text))).toMatch(/^my-task\.mjs:2\d: task sums, read: \[/);
  });

  it('in Node, where no line is known', async () => {
    const text = `import { readFile } from 'node:fs/promises';${taskText("read: () => readFile('/not/there'),")}`;
    expect(await messageOf(readTask(text))).toBe(
      "my-task.mjs: task sums, read: ENOENT: no such file or directory, open '/not/there'",
    );
  });

  it('in a file that it imports', async () => {
    folder.write('rows.mjs', "export function rows() {\n  throw new RangeError('too many');\n}");
    const text = `import { rows } from './rows.mjs';${taskText('read: async () => rows(),')}`;
    expect(await messageOf(readTask(text))).toBe('rows.mjs:2: task sums, read: too many');
  });

  it('in a folder whose name has spaces and brackets', async () => {
    const place = path.join(folder.path, 'my (old) kinds');
    mkdirSync(place);
    folder.write('my (old) kinds/my-task.mjs', taskText('\nread() {\n  return rows;\n},'));
    const kinds = await folder.kinds('my (old) kinds/my-task.mjs');
    expect(await messageOf((async () => kindOf(kinds.tasks, spec).read(spec, { ...io, grader: null }))())).toMatch(
      /^my \(old\) kinds\/my-task\.mjs:2\d: task sums, read: rows is not defined$/,
    );
  });

  it('in a function that is no part of reading', async () => {
    folder.write('my-task.mjs', taskText('sizes() {\n return rows;\n},'));
    const { tasks } = await folder.kinds('my-task.mjs');
    expect(await messageOf((async () => kindOf(tasks, spec).sizes(spec))())).toMatch(
      /^my-task\.mjs:2\d: task sums, sizes: rows is not defined$/,
    );
  });

  it('as it is, where the plug-in itself speaks to the user', async () => {
    const text = taskText("read: async () => { throw new UserError('rows.csv has no rows', { exitCode: 2 }); },");
    expect(await messageOf(readTask(text.replace('({ z })', '({ z, UserError })')))).toBe('rows.csv has no rows');
  });

  it('as ours, where our own code failed first', async () => {
    const text = taskText('read: async (_, { note }) => note(),');
    folder.write('my-task.mjs', text);
    const { tasks } = await folder.kinds('my-task.mjs');
    // Any function of ours that fails: here one that was given nonsense to work on.
    const note = (): never => kindsWith(null as never) as never;
    await expect(kindOf(tasks, spec).read(spec, { ...io, note, grader: null })).rejects.toThrow(TypeError);
  });
});

describe('what a function of a plug-in gives is looked at', () => {
  it('a pair without its text', async () => {
    const text = taskText().replace('chosen: String(i + 1),', 'chosen: i === 6 ? undefined : String(i + 1),');
    expect(await messageOf(readTask(text))).toBe(
      'my-task.mjs: task sums, read gave a wrong value: train[2].chosen: Invalid input: ' +
        'expected string, received undefined',
    );
  });

  it('many faults are counted', async () => {
    expect(await messageOf(readTask(taskText().replace("source: 's',", '')))).toMatch(/; and 9 more$/);
  });

  it('a group in two splits', async () => {
    expect(await messageOf(readTask(taskText().replace("group: 'g' + i", "group: 'g' + (i % 4)")))).toBe(
      'my-task.mjs: task sums, read gave a wrong value: the group g0 is in train and in dev; ' +
        'the group g2 is in train and in test',
    );
  });

  it('an id that is there twice', async () => {
    expect(await messageOf(readTask(taskText().replace("id: 'p' + i", "id: 'p' + (i >> 2)")))).toContain(
      'train: the id p1 is there twice',
    );
  });

  it('parameters that do not fit the model', async () => {
    folder.write(
      'start.mjs',
      `export default ({ z, initParameters }) => ({ starts: [{ kind: 'mine', schema: z.strictObject({ kind: z.literal('mine') }),
        provides: () => null, tokenizerFiles: () => null,
        parameters: async (_, model, seed) => {
          const { 'score.weight': head, ...rest } = initParameters(model, seed);
          return { ...rest, extra: head };
        } }] });`,
    );
    const start: KindSpec = { kind: 'mine' };
    const model = {
      name: 'toy',
      family: 'qwen2',
      hiddenSize: 4,
      layers: 1,
      heads: 1,
      keyValueHeads: 1,
      intermediateSize: 4,
      contextLength: 8,
      rewardPooling: 'last',
      responseEnd: null,
      initStandardDeviation: 0.02,
      headSize: null,
      tieEmbeddings: null,
      constants: null,
      vocabSize: 16,
    } as const;
    const { starts } = await folder.kinds('start.mjs');
    expect(await messageOf(kindOf(starts, start).parameters(start, model, 1))).toBe(
      'start.mjs: start mine, parameters gave a wrong value: score.weight: expected a Float32Array of [1, 4]; ' +
        'extra: the model has no such parameter',
    );
  });
});
