// Runs functions and their mutants on made-up inputs, and says which mutants were ever seen to differ.
// Reads one JSON object a line from standard input: {id, chosen, rejected, marked}, expressions that give a function,
// and {free}: names to make up. `marked` calls `__hit` where the change begins. Writes {id, isExecutable, differs}.
// A made-up value follows from (seed, path): numbers, texts, lists, booleans, nothing, or an object that answers
// everything. What is compared: the result, the kind of error, and every call and assignment on made-up objects.
import { createInterface } from 'node:readline';
import vm from 'node:vm';

const seeds = 40;
/** A run that takes longer counts as endless; twenty times as long where only the mutant does, on a busy machine. */
const milliseconds = 50;
const patience = 20;

function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

function world(seed) {
  const log = [];
  const known = new Map();
  const make = (path) => {
    if (!known.has(path)) known.set(path, makeNew(path));
    return known.get(path);
  };
  const makeNew = (path) => {
    const bits = hash(`${seed}:${path}`);
    const depth = path.split(/[.(]/).length;
    const kind = bits % 16;
    const number = (bits >>> 8) % 9;
    if (kind < 4) return number - 2;
    if (kind < 5) return (number - 2) / 2;
    if (kind < 7) return number % 2 === 0;
    if (kind < 8) return ['', 'a', 'b', 'abc', 'b a'][number % 5];
    if (kind < 9) return number % 2 === 0 ? null : undefined;
    if (kind < 11 && depth < 5) return Array.from({ length: number % 5 }, (_, index) => make(`${path}.${index}`));
    return depth < 8 ? object(path) : number;
  };
  const object = (path) => {
    let calls = 0;
    const own = new Map();
    return new Proxy(function () {}, {
      get: (_, key) => {
        if (key === 'pathOfMadeUp') return path;
        if (key === Symbol.toPrimitive) return () => hash(path) % 7;
        if (key === Symbol.iterator) return () => [make(`${path}.0`), make(`${path}.1`)][Symbol.iterator]();
        if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
        if (own.has(key)) return own.get(key);
        return key === 'length' || key === 'size' ? hash(`${seed}${path}`) % 4 : make(`${path}.${String(key)}`);
      },
      set: (_, key, value) => (own.set(key, value), log.push(`${path}.${String(key)} = ${show(value)}`), true),
      deleteProperty: (_, key) => (own.set(key, undefined), log.push(`delete ${path}.${String(key)}`), true),
      has: (_, key) => hash(`${seed}${path}?${String(key)}`) % 2 === 0,
      apply: (_, self, list) => called(path, calls++, list),
      construct: (_, list) => {
        const made = called(`new ${path}`, calls++, list);
        return typeof made === 'object' || typeof made === 'function' ? (made ?? {}) : { made };
      },
    });
  };
  const called = (path, count, list) => {
    const args = [...list].map(show).join();
    log.push(`${path}(${args})`);
    for (const argument of list)
      if (typeof argument === 'function' && argument.pathOfMadeUp === undefined) tryCall(argument, path);
    return make(`${path}(${args.length > 60 ? hash(args) : args})${count}`);
  };
  const tryCall = (callback, path) => {
    const result = callback(make(`${path}#0`), make(`${path}#1`));
    log.push(`callback ${show(result)}`);
  };
  return { make, log };
}

function show(value, depth = 0) {
  if (typeof value === 'function') return value.pathOfMadeUp ?? 'function';
  if (typeof value === 'number' || typeof value === 'bigint') return Object.is(value, -0) ? '0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (depth > 4) return '...';
  if (Array.isArray(value)) return `[${value.slice(0, 20).map((item) => show(item, depth + 1))}]`;
  if (value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') return value.name;
  if (typeof value.then === 'function') return 'promise';
  if (typeof value[Symbol.iterator] === 'function') return `iterable ${show([...value].slice(0, 10), depth + 1)}`;
  return `{${Object.keys(value).map((key) => `${key}: ${show(value[key], depth + 1)}`)}}`;
}

/** Calls what was given back: a function, or the functions of an object. */
function use(result, log, make) {
  const own = typeof result === 'object' && result !== null ? Object.values(result) : [result];
  for (const value of own.slice(0, 5))
    if (typeof value === 'function' && value.pathOfMadeUp === undefined)
      log.push(`gives ${show(value.call(result, make('used 0'), make('used 1'), make('used 2')))}`);
}

let hits = 0;

/** null = the function cannot be run on these inputs: it does something that they do not support. */
async function observe(source, free, seed, limit = milliseconds) {
  const { make, log } = world(seed);
  const globals = { __hit: () => (hits += 1) };
  for (const name of ['console', 'require', 'setTimeout', 'clearTimeout', 'queueMicrotask']) globals[name] = make(name);
  for (const name of free) globals[name] = make(`free ${name}`);
  const context = vm.createContext(globals);
  context.madeUp = { self: make('this'), list: Array.from({ length: 8 }, (_, index) => make(`argument ${index}`)) };
  let end;
  try {
    const run = `const f = ${source}; f.apply(madeUp.self, madeUp.list.slice(0, Math.max(f.length, 3)))`;
    let result = vm.runInContext(run, context, { timeout: limit });
    if (result !== null && typeof result === 'object' && Object.prototype.toString.call(result) === '[object Promise]')
      result = await Promise.race([result, new Promise((done) => setTimeout(done, limit, 'late'))]);
    end = `returns ${show(result)}`;
    use(result, log, make);
  } catch (error) {
    const name = error?.name ?? show(error);
    end = error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'does not end' : `throws ${name}`;
    if (name === 'SyntaxError') return null;
  }
  return { end, seen: [end, ...log, ...context.madeUp.list.map((value) => show(value))].join('\n') };
}

const failures = new Set(['throws TypeError', 'throws ReferenceError', 'throws RangeError', 'does not end']);

async function compare({ chosen, rejected, marked, free }) {
  let runs = 0;
  let isReached = false;
  for (let seed = 0; seed < seeds; seed++) {
    const first = await observe(chosen, free, seed);
    if (first === null) break;
    if (failures.has(first.end)) continue;
    runs += 1;
    if (!isReached) {
      const before = hits;
      await observe(marked, free, seed);
      isReached = hits > before;
    }
    let second = await observe(rejected, free, seed);
    if (second?.end === 'does not end') second = await observe(rejected, free, seed, milliseconds * patience);
    if (second === null || second.seen !== first.seen) return { isExecutable: true, differs: true, runs };
  }
  return { isExecutable: runs >= 3 && isReached, differs: false, runs };
}

process.on('unhandledRejection', () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...pair } = JSON.parse(line);
  let result;
  try {
    result = await compare(pair);
  } catch {
    result = { isExecutable: false, differs: false, runs: 0 };
  }
  process.stdout.write(`${JSON.stringify({ id, ...result })}\n`);
}
process.exit(0);
