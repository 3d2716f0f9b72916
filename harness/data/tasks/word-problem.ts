/**
 * Arithmetic in English: `Ann has 5 figs, finds 3, eats 2.` -> `5+3=8`, `8-2=6`. One person and a chain of events, or
 * two people who also give to each other. Misreadings exchange two numbers, two verbs or two names.
 */
import type { RandomStream } from '../../random/index.ts';
import { wordReader, type Family, type Frame, type Question, type Style, type Word } from './problem.ts';

const names = [
  'Ann',
  'Bob',
  'Dan',
  'Eve',
  'Fay',
  'Gus',
  'Hal',
  'Ida',
  'Kim',
  'Leo',
  'Max',
  'Ned',
  'Ola',
  'Pam',
  'Ray',
  'Sam',
  'Tom',
  'Uma',
  'Val',
  'Wes',
  'Zoe',
] as const;
const things = [
  'figs',
  'nuts',
  'pens',
  'eggs',
  'keys',
  'cups',
  'pins',
  'hats',
  'maps',
  'bags',
  'nets',
  'pots',
  'toys',
  'jars',
  'rugs',
  'bows',
] as const;
const gains = ['gets', 'buys', 'finds', 'wins'] as const;
const losses = ['uses', 'sells', 'drops', 'loses'] as const;
const largestCount = 99;

/** `verbs`: how many words there are for gaining, and for losing. */
const sizes = [
  { people: 1, events: ['change', 'change'], verbs: 1 },
  { people: 1, events: ['change', 'change'], verbs: 4 },
  { people: 1, events: ['change', 'change', 'change'], verbs: 4 },
  { people: 2, events: ['change', 'transfer', 'change'], verbs: 4 },
  { people: 2, events: ['change', 'transfer', 'double', 'transfer', 'change'], verbs: 4 },
] as const satisfies readonly {
  readonly people: 1 | 2;
  readonly events: readonly EventKind[];
  readonly verbs: number;
}[];

type EventKind = 'change' | 'transfer' | 'double';

export const wordProblem: Family = {
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? sizes[0];
    const people = stream.shuffled(names).slice(0, size.people);
    const thing = stream.pick(things);
    const asked = stream.pick(people);
    const words: Word[] = [];
    for (const name of people) words.push({ kind: 'name', text: name }, number(stream));
    for (const kind of size.events) words.push(...eventWords(stream, people, kind, size.verbs));
    words.push({ kind: 'name', text: asked });
    return { words, read: (texts) => readStory(thing, size.people, size.events, texts) };
  },
};

function number(stream: RandomStream): Word {
  return { kind: 'number', text: String(1 + stream.integer(9)) };
}

function eventWords(stream: RandomStream, people: readonly string[], kind: EventKind, verbs: number): Word[] {
  const actor = stream.pick(people);
  const name: Word = { kind: 'name', text: actor };
  if (kind === 'double') return [name];
  if (kind === 'transfer')
    return [name, { kind: 'name', text: people.find((other) => other !== actor) ?? actor }, number(stream)];
  return [
    name,
    { kind: 'verb', text: stream.pick((stream.integer(2) === 0 ? gains : losses).slice(0, verbs)) },
    number(stream),
  ];
}

/** Tells the story and keeps the counts; null where a count leaves 0..99 or the names make no sense. */
function readStory(
  thing: string,
  people: 1 | 2,
  events: readonly EventKind[],
  words: readonly string[],
): Question | null {
  const next = wordReader(words);
  const counts = new Map<string, number>();
  const trace: string[] = [];
  const change = (name: string, by: number): boolean => {
    const before = counts.get(name) ?? 0;
    const after = before + by;
    counts.set(name, after);
    trace.push(`${people === 1 ? '' : `${name} `}${before}${by < 0 ? '-' : '+'}${Math.abs(by)}=${after}`);
    return after >= 0 && after <= largestCount;
  };
  const starts = Array.from({ length: people }, (_, p) => {
    const [name, count] = [next(), next()];
    counts.set(name, Number(count));
    return `${name}${p === 0 ? ' has' : ''} ${count}${p === 0 ? ` ${thing}` : ''}`;
  });
  if (counts.size < people) return null;
  const told = events.map((kind) => tellEvent(kind, next, counts, change));
  const asked = next();
  const answer = String(counts.get(asked));
  const story = told.map((event) => event?.text ?? '');
  if (told.includes(null)) return null;
  const prompt =
    people === 1
      ? `${starts.join('')}, ${story.map((text) => text.slice(text.indexOf(' ') + 1)).join(', ')}.`
      : `${starts.join(', ')}. ${story.map((text) => `${text}. `).join('')}${asked}?`;
  return { prompt, solve: (style) => ({ steps: [...trace, ...closing(people, asked, answer, thing, style)], answer }) };
}

function tellEvent(
  kind: EventKind,
  next: () => string,
  counts: ReadonlyMap<string, number>,
  change: (name: string, by: number) => boolean,
): { text: string } | null {
  const actor = next();
  if (kind === 'double') return change(actor, counts.get(actor) ?? 0) ? { text: `${actor} doubles` } : null;
  if (kind === 'transfer') {
    const [other, count] = [next(), next()];
    const isValid = other !== actor && change(actor, -Number(count)) && change(other, Number(count));
    return isValid ? { text: `${actor} gives ${other} ${count}` } : null;
  }
  const [verb, count] = [next(), next()];
  const sign = (gains as readonly string[]).includes(verb) ? 1 : -1;
  return change(actor, sign * Number(count)) ? { text: `${actor} ${verb} ${count}` } : null;
}

/** Two people: the answer must say whose; one: a matter of style. */
function closing(people: 1 | 2, asked: string, answer: string, thing: string, style: Style): string[] {
  if (people === 2) return [`${asked} ${answer}`];
  const choice = Math.floor((style[0] ?? 0) * 3);
  return choice === 0 ? [] : [choice === 1 ? `${answer} ${thing}` : `${asked} has ${answer}`];
}
