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

interface Size {
  readonly people: 1 | 2;
  readonly events: readonly EventKind[];
  /** How many words there are for gaining, and for losing. */
  readonly verbs: number;
}

const sizes = [
  { people: 1, events: ['change', 'change'], verbs: 1 },
  { people: 1, events: ['change', 'change'], verbs: 4 },
  { people: 1, events: ['change', 'change', 'change'], verbs: 4 },
  { people: 2, events: ['change', 'transfer', 'change'], verbs: 4 },
  { people: 2, events: ['change', 'transfer', 'double', 'transfer', 'change'], verbs: 4 },
] as const satisfies readonly Size[];

type EventKind = 'change' | 'transfer' | 'double';

export const wordProblem: Family = {
  // 7 forms at difficulty 1, 112 at 2.
  formsApartFrom: 2,
  sample(stream: RandomStream, difficulty: number): Frame {
    const size = sizes[difficulty - 1] ?? sizes[0];
    const people = stream.shuffled(names).slice(0, size.people);
    const thing = stream.pick(things);
    const asked = stream.pick(people);
    const words: Word[] = [];
    for (const name of people) words.push({ kind: 'name', text: name }, number(stream));
    for (const kind of size.events) words.push(...eventWords(stream, people, kind, size.verbs));
    words.push({ kind: 'name', text: asked });
    return { words, read: (texts) => readStory(thing, size, texts) };
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
function readStory(thing: string, size: Size, words: readonly string[]): Question | null {
  const next = wordReader(words);
  const ledger = new Ledger(size.people);
  const story = tellStory(thing, size, next, ledger);
  if (story === null) return null;
  const asked = next();
  const answer = String(ledger.counts.get(asked));
  return {
    prompt: size.people === 1 ? oneSentence(story) : sentences(story, asked),
    solve: (style) => ({ steps: [...ledger.trace, ...closing(size.people, asked, answer, thing, style)], answer }),
  };
}

interface Story {
  readonly starts: readonly string[];
  readonly events: readonly string[];
}

/** Null where two people have one name or an event is invalid. */
function tellStory(thing: string, { people, events }: Size, next: () => string, ledger: Ledger): Story | null {
  const starts = Array.from({ length: people }, () => tellStart(thing, next, ledger));
  if (ledger.size < people) return null;
  const told = events.map((kind) => tellEvent(kind, next, ledger));
  const valid = told.filter((event) => event !== null);
  return valid.length < told.length ? null : { starts, events: valid };
}

/** Who has how many; each change adds a line of working. */
class Ledger {
  readonly counts = new Map<string, number>();
  readonly trace: string[] = [];
  private readonly people: 1 | 2;

  constructor(people: 1 | 2) {
    this.people = people;
  }

  get size(): number {
    return this.counts.size;
  }

  countOf(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** Whether the new count is one that a story may tell. */
  change(name: string, by: number): boolean {
    const before = this.countOf(name);
    const after = before + by;
    this.counts.set(name, after);
    const whose = this.people === 1 ? '' : `${name} `;
    this.trace.push(`${whose}${before}${by < 0 ? '-' : '+'}${Math.abs(by)}=${after}`);
    return after >= 0 && after <= largestCount;
  }
}

/** `Ann has 5 figs`, and briefly `Bob 3` for the second person. */
function tellStart(thing: string, next: () => string, ledger: Ledger): string {
  const isFirst = ledger.size === 0;
  const [name, count] = [next(), next()];
  ledger.counts.set(name, Number(count));
  return isFirst ? `${name} has ${count} ${thing}` : `${name} ${count}`;
}

/** The only name stands at the start. */
function oneSentence({ starts, events }: Story): string {
  return `${[...starts, ...events.map((event) => event.slice(event.indexOf(' ') + 1))].join(', ')}.`;
}

function sentences({ starts, events }: Story, asked: string): string {
  return `${[starts.join(', '), ...events].join('. ')}. ${asked}?`;
}

function tellEvent(kind: EventKind, next: () => string, ledger: Ledger): string | null {
  const actor = next();
  if (kind === 'double') return ledger.change(actor, ledger.countOf(actor)) ? `${actor} doubles` : null;
  if (kind === 'transfer') return tellTransfer(actor, next, ledger);
  const [verb, count] = [next(), next()];
  const sign = (gains as readonly string[]).includes(verb) ? 1 : -1;
  return ledger.change(actor, sign * Number(count)) ? `${actor} ${verb} ${count}` : null;
}

function tellTransfer(giver: string, next: () => string, ledger: Ledger): string | null {
  const [receiver, count] = [next(), next()];
  const isValid = receiver !== giver && ledger.change(giver, -Number(count)) && ledger.change(receiver, Number(count));
  return isValid ? `${giver} gives ${receiver} ${count}` : null;
}

/** Two people: the answer must say whose; one: a matter of style. */
function closing(people: 1 | 2, asked: string, answer: string, thing: string, style: Style): string[] {
  if (people === 2) return [`${asked} ${answer}`];
  const choice = Math.floor((style[0] ?? 0) * 3);
  return choice === 0 ? [] : [choice === 1 ? `${answer} ${thing}` : `${asked} has ${answer}`];
}
