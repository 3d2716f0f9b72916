/** `harness data show PAIRS`: some pairs, sampled by seed, with what differs between their sides. */
import { writeFileSync } from 'node:fs';
import { sampledPairs, type PreferencePair, type Rows } from '../../data/index.ts';
import { pairDiff, pairsPage, plainParts, type PairDiff } from '../../report/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { noPaint, plural, type DiffPart, type Paint } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { namedPairs, type NamedPairs } from '../named-pairs.ts';

interface ShowFlags {
  readonly results?: string;
  readonly number: number;
  readonly seed: number;
  readonly source?: string;
  readonly heldOut: boolean;
  readonly language?: string;
  readonly html?: string;
  readonly json: boolean;
}

export async function dataShow(context: CliContext, flags: ShowFlags, subject: string): Promise<void> {
  const found = await namedPairs(subject, {
    resultsFolder: context.resultsFolder(flags.results),
    language: flags.language ?? null,
    note: (text) => context.note(text),
  });
  const sampled: { readonly name: string; readonly pairs: readonly PreferencePair[] }[] = [];
  for (const pairs of found) sampled.push({ name: pairs.name, pairs: await sampleOf(pairs, flags) });
  if (sampled.every(({ pairs }) => pairs.length === 0)) throw nothingFound(subject, flags);
  if (flags.json) return context.printJson({ sets: sampled });
  if (flags.html !== undefined)
    writePage(
      context,
      flags.html,
      subject,
      sampled.flatMap(({ pairs }) => pairs),
    );
  else for (const { name, pairs } of sampled) print(context, name, pairs);
}

function sampleOf({ trained, heldOut }: NamedPairs, flags: ShowFlags): Promise<readonly PreferencePair[]> {
  return sampledPairs(ofSource(flags.heldOut ? heldOut : trained, flags.source), flags.number, flags.seed);
}

async function* ofSource(pairs: Rows<PreferencePair>, source: string | undefined): AsyncGenerator<PreferencePair> {
  for await (const pair of pairs) if (source === undefined || pair.source.includes(source)) yield pair;
}

function nothingFound(subject: string, { source, heldOut }: ShowFlags): UserError {
  const what = heldOut ? 'no held-out pair' : 'no pair';
  return new UserError(
    `${subject}: ${what}${source === undefined ? '' : ` has a source with ${JSON.stringify(source)} in it`}`,
    {
      exitCode: 5,
      hint: '`harness data audit` tells which sources there are.',
    },
  );
}

function writePage(context: CliContext, file: string, subject: string, pairs: readonly PreferencePair[]): void {
  const title = `${plural(pairs.length, 'pair')} of ${subject}`;
  writeFileSync(file, pairsPage(title, pairs.map(pairDiff)));
  context.print(`${title}: ${file}`);
}

function print(context: CliContext, name: string, pairs: readonly PreferencePair[]): void {
  const { paint } = context;
  context.print(paint('bold', `${plural(pairs.length, 'pair')} of ${name}, sampled by seed`));
  context.print(`Where the sides are alike: ${keyOf(paint)}.`);
  for (const [index, pair] of pairs.map(pairDiff).entries())
    context.print(`\n${describePair(pair, `${index + 1}/${pairs.length}`, paint)}`);
}

function keyOf(paint: Paint): string {
  if (paint === noPaint) return '{+in chosen only+}, [-in rejected only-]';
  return `${paint('green', 'in chosen only')}, ${paint(rejectedStyle, 'in rejected only')}`;
}

const rejectedStyle: Parameters<Paint>[0] = ['red', 'strikethrough'];

function describePair(pair: PairDiff, position: string, paint: Paint): string {
  const { id, about, edits, prompt } = pair;
  return [
    `${paint('bold', `${position} ${id}`)}  ${paint('dim', about.join(', '))}`,
    ...edits.map((edit) => `  changed: ${edit}`),
    paint('dim', indented(prompt.trimEnd(), '  | ')),
    ...sidesOf(pair, paint),
  ].join('\n');
}

function sidesOf({ parts, chosen, rejected }: PairDiff, paint: Paint): readonly string[] {
  if (parts === null)
    return [
      paint('green', 'chosen'),
      indented(chosen.trimEnd(), '  + '),
      paint('red', 'rejected'),
      indented(rejected.trimEnd(), '  - '),
    ];
  const text = paint === noPaint ? plainParts(parts) : parts.map((part) => painted(part, paint)).join('');
  return [indented(text.trimEnd(), '    ')];
}

/** Line by line: a terminal loses a colour that is open over an indented line break. */
function painted({ kind, text }: DiffPart, paint: Paint): string {
  if (kind === 'same') return text;
  const style = kind === 'second' ? 'green' : rejectedStyle;
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : paint(style, line)))
    .join('\n');
}

function indented(text: string, sign: string): string {
  return text
    .split('\n')
    .map((line) => `${sign}${line}`.trimEnd())
    .join('\n');
}
