/**
 * How many rejected bodies do the same as their chosen ones, as far as made-up inputs tell. Runs what can be run.
 *
 *     npx tsx test/data/equivalence/measure.ts PAIRS.jsonl [NUMBER]
 *
 * The functions are not trusted: they run in processes of their own, with time limits, without their modules. Python
 * has no sandbox there: run it on code that you would import.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openCode, signalsOf, type FunctionCode, type PreferencePair } from '../../../harness/data/index.ts';

export interface Ran {
  readonly id: string;
  /** Whether the chosen body ran to its end on at least three inputs, and came to the changed statement. */
  readonly isExecutable: boolean;
  readonly differs: boolean;
}

interface Runnable {
  readonly id: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Chosen, with a call of `__hit` before the statement that the other body has changed. */
  readonly marked: string;
  /** Names from outside, which are made up. */
  readonly free: readonly string[];
}

/** @param python Null = Python pairs are left out. */
export async function runPairs(pairs: readonly PreferencePair[], python: string | null): Promise<readonly Ran[]> {
  const runnable = await Promise.all(pairs.map(async (pair) => ({ pair, rows: await toRunnable(pair) })));
  const of = (isPython: boolean): readonly Runnable[] =>
    runnable.flatMap(({ pair, rows }) => ((pair.language === 'python') === isPython ? rows : []));
  const javascript = await run(process.execPath, 'run-javascript.mjs', of(false));
  return python === null ? javascript : [...javascript, ...(await run(python, 'run_python.py', of(true)))];
}

async function toRunnable(pair: PreferencePair): Promise<readonly Runnable[]> {
  const reader = await openCode(pair.language ?? '');
  const [chosen, rejected] = [reader?.read(pair.prompt, pair.chosen), reader?.read(pair.prompt, pair.rejected)];
  if (chosen == null || rejected == null || pair.language === 'typescript') return [];
  const { freeNames } = signalsOf(chosen);
  const at = chosen.bodyStart + firstDifference(pair.chosen, pair.rejected);
  return [
    {
      id: pair.id,
      chosen: expressionOf(chosen),
      rejected: expressionOf(rejected),
      marked: expressionOf(marked(chosen, at, pair.language === 'python')),
      free: freeNames,
    },
  ];
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** The function with a call of `__hit` before the innermost statement around `at`, or the next one behind it. */
function marked(code: FunctionCode, at: number, isPython: boolean): FunctionCode {
  const { text, fn, syntax } = code;
  const statements = nodesIn(fn).filter(({ parent, isNamed, field, type }) => {
    return parent !== null && syntax.blocks.has(parent.type) && isNamed && field !== 'value' && type !== 'comment';
  });
  const around = statements.filter(({ start, end }) => start <= at && at <= end);
  const place = around.at(-1) ?? statements.find(({ start }) => start >= at);
  if (place === undefined) return code;
  const hit = isPython ? '__hit(); ' : '__hit();';
  const isCompound = isPython && /^(?:if|for|while|with|try|def|class|match|@|async)/.test(text.slice(place.start));
  const indent = text.slice(text.lastIndexOf('\n', place.start) + 1, place.start);
  const marker = isCompound ? `__hit()\n${indent}` : hit;
  const grown = text.slice(0, place.start) + marker + text.slice(place.start);
  return { ...code, text: grown, fn: { ...fn, end: fn.end + marker.length } };
}

function nodesIn(node: FunctionCode['fn']): readonly FunctionCode['fn'][] {
  return [node, ...node.children.flatMap(nodesIn)];
}

function expressionOf({ fn, text }: FunctionCode): string {
  const source = text.slice(fn.start, fn.end).replace(/^static\s+/, '');
  if (fn.type === 'function_definition') return source;
  if (fn.type !== 'method_definition') return `(${source})`;
  const name = text.slice(...rangeOf(fn.children.find(({ field }) => field === 'name') ?? fn));
  const accessor = /^(get|set)\s+(?!\()/.exec(source)?.[1];
  const key = name.startsWith('[') ? name.slice(1, -1) : JSON.stringify(name);
  return accessor === undefined
    ? `({${source}})[${key}]`
    : `Object.getOwnPropertyDescriptor({${source}}, ${key}).${accessor}`;
}

function rangeOf({ start, end }: { readonly start: number; readonly end: number }): [number, number] {
  return [start, end];
}

async function run(program: string, script: string, rows: readonly Runnable[]): Promise<readonly Ran[]> {
  if (rows.length === 0) return [];
  const child = spawn(program, [path.join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'ignore'] });
  for (const row of rows) child.stdin.write(`${JSON.stringify(row)}\n`);
  child.stdin.end();
  const results: Ran[] = [];
  for await (const line of createInterface({ input: child.stdout })) results.push(JSON.parse(line) as Ran);
  return results;
}

async function main(file: string, wanted: number): Promise<void> {
  const pairs = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(0, wanted)
    .map((line) => JSON.parse(line) as PreferencePair);
  const ran = await runPairs(pairs, 'python3');
  const executable = ran.filter(({ isExecutable }) => isExecutable);
  const same = executable.filter(({ differs }) => !differs);
  const byId = new Map(pairs.map((pair) => [pair.id, pair]));
  const share = ((100 * same.length) / executable.length).toFixed(1);
  console.log(`${pairs.length} pairs, ${executable.length} run; ${same.length} without a difference (${share} %)`);
  for (const [kind, [count, all]] of byKind(same, executable, byId)) console.log(`  ${count} of ${all}  ${kind}`);
}

/** Edits of pairs without a difference, and of all that ran. */
function byKind(
  same: readonly Ran[],
  all: readonly Ran[],
  pairs: ReadonlyMap<string, PreferencePair>,
): readonly (readonly [string, readonly [number, number]])[] {
  const kinds = (ran: readonly Ran[]): readonly string[] =>
    ran.flatMap(({ id }) => [...new Set(pairs.get(id)?.edits.map((edit) => edit.replace(/:.*/s, '')))]);
  const count = (list: readonly string[], kind: string): number => list.filter((other) => other === kind).length;
  const [few, many] = [kinds(same), kinds(all)];
  return [...new Set(few)]
    .map((kind) => [kind, [count(few, kind), count(many, kind)]] as const)
    .toSorted((a, b) => b[1][0] - a[1][0]);
}

const [file, wanted = '2000'] = process.argv.slice(2);
if (import.meta.filename === path.resolve(process.argv[1] ?? '')) await main(file ?? '', Number(wanted));
