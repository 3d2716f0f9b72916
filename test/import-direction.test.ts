import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

// The drawing in docs/architecture.md, as data: a room may import the rooms listed here and nothing else of ours.
// `spec` (types of the experiment, UserError) is the common leaf below all rooms but the other leaves.
const allowed: Readonly<Record<string, readonly string[]>> = {
  // The public entry of the package, above the rooms that it exports from.
  'index.ts': ['run', 'record', 'plan', 'stages', 'kinds', 'backends', 'report', 'store', 'data', 'spec'],
  cli: [
    'bundle',
    'run',
    'report',
    'bench',
    'gate',
    'record',
    'plan',
    'stages',
    'kinds',
    'backends',
    'store',
    'data',
    'judged',
    'score',
    'generate',
    'engine',
    'spec',
    'text',
  ],
  judged: ['plan', 'stages', 'kinds', 'store', 'data', 'eval', 'stats', 'random', 'spec', 'text'],
  run: ['plan', 'launch', 'backends', 'stages', 'kinds', 'store', 'train', 'record', 'engine', 'spec', 'text'],
  bundle: ['report', 'record', 'store', 'spec'],
  report: ['kinds', 'record', 'data', 'stats', 'random', 'spec', 'text'],
  bench: ['plan', 'store', 'train', 'score', 'generate', 'engine', 'graph', 'stats', 'model', 'data', 'random', 'spec'],
  gate: ['bench', 'record', 'eval', 'store', 'engine', 'stats', 'random', 'spec', 'text'],
  record: ['kinds', 'store', 'data', 'stats', 'arrow', 'spec'],
  plan: ['stages', 'kinds', 'store', 'model', 'stats', 'spec', 'text'],
  launch: ['backends', 'store', 'engine', 'spec', 'text'],
  backends: ['stages', 'train', 'score', 'model', 'data', 'store', 'engine', 'spec', 'text'],
  stages: [
    'kinds',
    'store',
    'data',
    'train',
    'generate',
    'score',
    'eval',
    'model',
    'engine',
    'random',
    'arrow',
    'spec',
  ],
  kinds: ['store', 'data', 'eval', 'model', 'random', 'spec'],
  store: ['spec'],
  train: ['model', 'data', 'engine', 'graph', 'stats', 'random', 'spec'],
  score: ['eval', 'model', 'data', 'engine', 'graph', 'stats', 'spec', 'text'],
  generate: ['model', 'data', 'engine', 'graph', 'random', 'spec', 'text'],
  eval: ['stats', 'random', 'arrow', 'spec'],
  data: ['random', 'stats', 'arrow', 'spec', 'text'],
  model: ['data', 'graph', 'random', 'families', 'spec'],
  engine: ['graph', 'spec'],
  graph: [],
  spec: ['families'],
  families: [],
  stats: [],
  random: [],
  text: [],
  arrow: [],
};

// Contract files may be imported directly; everything else goes through the room's index.ts. They hold types only, or
// import nothing but types (arms, metrics, novelty, suggestions): whoever needs only them must not load the whole room.
const contracts = new Set([
  'run/stop-signals.ts',
  'spec/error-class.ts',
  'spec/experiment-schema.ts',
  'spec/suggest.ts',
  'spec/user-error.ts',
  'plan/stage.ts',
  'data/preference-pair.ts',
  'store/journal-event.ts',
  'record/trial-result.ts',
  'record/recorded-audit.ts',
  'data/audit/audit.ts',
  'data/contamination/contamination.ts',
  'data/tasks/novelty.ts',
  'kinds/arms.ts',
  'kinds/metrics.ts',
]);

const root = path.resolve(import.meta.dirname, '../harness');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly target: string;
  readonly file: string;
}

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => {
    const target = path.relative(root, path.resolve(root, path.dirname(file), specifier));
    return { from: file.split(path.sep)[0] as string, to: target.split(path.sep)[0] as string, target, file };
  });
});

const roomOf = (file: string): string => file.split(path.sep)[0] as string;

/** The files that loading a file loads: without imports of types. */
function valuesOf(file: string): readonly string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)'/gms)];
  return specifiers.map((match) => path.relative(root, path.resolve(root, path.dirname(file), match[1] as string)));
}

const targetsOf = new Map<string, string[]>();
for (const { file, target } of imports) targetsOf.set(file, [...(targetsOf.get(file) ?? []), target]);

/** The files that a file reaches by following imports, of values and of types alike. */
function reachOf(file: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const fresh = (targetsOf.get(next) ?? []).filter((target) => !reached.has(target));
    fresh.forEach((target) => reached.add(target));
    open.push(...fresh);
  }
  return reached;
}

/** Every group of files that import each other, directly or by way of others. */
function circles(): readonly string[] {
  const reach = new Map(files.map((file) => [file, reachOf(file)]));
  const groups = files
    .filter((file) => reach.get(file)?.has(file) === true)
    .map((file) =>
      files.filter((other) => reach.get(file)?.has(other) === true && reach.get(other)?.has(file) === true),
    )
    .map((group) => group.toSorted().join(' '));
  return [...new Set(groups)].toSorted();
}

describe('rooms', () => {
  it('are exactly those of the drawing', () => {
    expect([...new Set(files.map((file) => file.split(path.sep)[0]))].sort()).toEqual(Object.keys(allowed).sort());
  });

  it('import downward only', () => {
    const uphill = imports
      .filter(({ from, to }) => from !== to && !(allowed[from] ?? []).includes(to))
      .map(({ file, target }) => `${file} -> ${target}`);
    expect(uphill).toEqual([]);
  });

  it('hold no files that import each other in a circle', () => {
    expect(circles()).toEqual([]);
  });

  it('are entered through their index.ts, or a contract file of types', () => {
    const sideDoors = imports
      .filter(({ from, to, target }) => from !== to && !target.endsWith(`${to}/index.ts`) && !contracts.has(target))
      .map(({ file, target }) => `${file} -> ${target}`);
    expect(sideDoors).toEqual([]);
  });

  // The records of families are data, which the schema needs to name them.
  it('have contract files that load no other room but the records of families', () => {
    const reach = (file: string): readonly string[] =>
      valuesOf(file).flatMap((target) => (roomOf(target) === roomOf(file) ? [target, ...reach(target)] : [target]));
    expect([...contracts].filter((file) => !files.includes(file))).toEqual([]);
    const loaded = [...contracts].flatMap((file) =>
      reach(file)
        .filter((target) => roomOf(target) !== 'families')
        .filter((target) => roomOf(target) !== roomOf(file) || target.endsWith('/index.ts'))
        .map((target) => `${file} -> ${target}`),
    );
    expect(loaded).toEqual([]);
  });

  it('print and exit only in cli', () => {
    const offenders = files.filter(
      (file) =>
        !file.startsWith('cli') &&
        /console\.|process\.exit\(|process\.stdout/.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(offenders.filter((file) => file !== 'run/worker.ts')).toEqual([]);
  });

  it('use the clock and unseeded randomness only where things run or are timed', () => {
    const offenders = files.filter(
      (file) =>
        !/^(run|stages|store|launch|backends|bench|gate|cli)\//.test(file) &&
        /Math\.random|Date\.now|new Date\(\)|performance\.now/.test(
          readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
        ),
    );
    expect(offenders).toEqual([]);
  });
});
