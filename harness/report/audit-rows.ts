/** Audits of pairs side by side, one column a set of pairs, for people. */
import type { Audit, AuditedShare, Judgement, SetAudit, SideLengths, SignalShares } from '../data/audit/audit.ts';
import { unique } from './distinct.ts';
import { count } from '../text/index.ts';
import { dash } from './format.ts';

export interface NamedAudit {
  readonly name: string;
  readonly audit: Audit;
}

interface AuditRow {
  readonly label: string;
  /** null = does not apply. */
  /** `shown`: entries of a list. */
  text(audit: Audit, shown: number): string | null;
}

export interface AuditTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows that apply to none of the audits are left out. */
export function auditTable(audits: readonly NamedAudit[]): AuditTable {
  const rows = [...whatRows, ...betterRows, ...shapeRows, ...splitRows, ...rankerRows(audits)];
  const filled = rows.map(({ label, text }) => ({
    label,
    texts: audits.map(({ audit }) => text(audit, mostShown(audits.length))),
  }));
  return {
    columns: ['', ...audits.map(({ name }) => name)],
    rows: filled
      .filter(({ texts }) => texts.some((text) => text !== null))
      .map(({ label, texts }) => [label, ...texts.map((text) => text ?? dash)]),
  };
}

/** Says what the numbers of the table are. */
export const auditNote =
  'Percent of pairs unless said otherwise, of a seeded sample where a row looks closely at responses. ' +
  'Chosen better: share of the pairs of which the witness can tell the better side, with 95 % Wilson interval ' +
  'clustered by group; in brackets how many it can tell, of how many it looked at. Chosen / rejected: share of the ' +
  'responses of each side. Trivial rankers read nothing: their accuracy on held-out pairs, ties half.';

const whatRows: readonly AuditRow[] = [
  {
    label: 'pairs, trained / held out',
    text: ({ trained, heldOut }) => both(count(trained.pairs), count(heldOut.pairs)),
  },
  {
    label: 'groups, trained / held out',
    text: ({ trained, heldOut }) => both(count(trained.groups), count(heldOut.groups)),
  },
  { label: 'languages', text: ({ trained }, shown) => sharesText(trained.languages, trained.pairs, shown) },
  { label: 'sources', text: ({ trained }, shown) => sharesText(trained.sources, trained.pairs, shown) },
  { label: 'with a description', text: ({ trained }) => describedText(trained) },
  {
    label: 'what was changed',
    text: ({ trained }, shown) => sharesText(trained.edits, sum(Object.values(trained.edits)), shown),
  },
];

const betterRows: readonly AuditRow[] = [
  judgedBy('execution', 'chosen better, by running tests'),
  judgedBy('labels', 'chosen better, by tests the source ran'),
  judgedBy('signals', 'chosen better, by static signals'),
  signal('parses', 'parses'),
  signal('unreachable', 'unreachable code'),
  signal('usedBeforeDeclaration', 'used before declared'),
  signal('unknownNames', 'unknown names'),
  signal('unusedArguments', 'unused arguments'),
];

const shapeRows: readonly AuditRow[] = [
  ...(['characters', 'lines', 'tokens'] as const).map((unit): AuditRow => ({
    label: `median ${unit}, chosen / rejected`,
    text: ({ trained }) => lengthText(trained, unit),
  })),
  { label: 'chosen is longer', text: ({ trained }) => longerText(trained) },
  { label: 'edit distance, median [5 %, 95 %]', text: ({ trained }) => distanceText(trained) },
  {
    label: 'equal sides / empty side / duplicates',
    text: ({ trained: { identical, emptyChosen, emptyRejected, duplicates } }) =>
      both(count(identical), count(emptyChosen + emptyRejected), count(duplicates)),
  },
];

const splitRows: readonly AuditRow[] = [
  {
    label: 'trained and held out: groups / prompts / responses',
    text: ({ split: { sameGroup, samePrompt, sameResponse } }) =>
      both(count(sameGroup), count(samePrompt), count(sameResponse)),
  },
  {
    label: 'held-out responses half or wholly in trained ones',
    text: ({ split: { nearResponses, heldOutResponses } }) => `${count(nearResponses)} of ${count(heldOutResponses)}`,
  },
];

/** The best one, then each by its name. */
function rankerRows(audits: readonly NamedAudit[]): readonly AuditRow[] {
  const names = unique(audits.flatMap(({ audit }) => audit.rankers.map(({ name }) => name)));
  return [
    { label: 'best trivial ranker', text: (audit) => bestRankerText(audit) },
    ...names.map((name): AuditRow => ({
      label: `ranker: ${name}`,
      text: ({ rankers }) => {
        const ranker = rankers.find((one) => one.name === name);
        return ranker === undefined ? null : shareText(ranker);
      },
    })),
    {
      label: 'solved by a trivial ranker',
      text: ({ rankers, isSolvedByTrivialRanker }) =>
        rankers.length === 0 ? null : isSolvedByTrivialRanker ? 'YES' : 'no',
    },
  ];
}

/** `57.1 [53.0, 61.1] longer`; null without held-out pairs. */
export function bestRankerText({ rankers: [best] }: Pick<Audit, 'rankers'>): string | null {
  return best === undefined ? null : `${shareText(best)} ${best.name}`;
}

function judgedBy(by: Judgement['by'], label: string): AuditRow {
  return {
    label,
    text: ({ trained, heldOut }) => {
      // Held-out pairs are of the same source: where the trained ones have no tests, they may.
      const judgement = [...trained.judgements, ...heldOut.judgements].find((one) => one.by === by);
      if (judgement === undefined) return null;
      const { agreement, n } = judgement;
      const told = `(${count(agreement?.n ?? 0)} of ${count(n)})`;
      return agreement === null ? `cannot be told ${told}` : `${shareText(agreement)} ${told}`;
    },
  };
}

function signal(name: keyof SignalShares, label: string): AuditRow {
  return {
    label: `${label}, chosen / rejected`,
    text: ({ trained: { signals } }) =>
      signals === null ? null : both(percent(signals.chosen[name]), percent(signals.rejected[name])),
  };
}

function lengthText({ lengths }: SetAudit, unit: SideLengths['unit']): string | null {
  const found = lengths.find((one) => one.unit === unit);
  return found === undefined ? null : both(number(found.chosen.median), number(found.rejected.median));
}

function longerText({ lengths }: SetAudit): string | null {
  const found = lengths.find(({ unit }) => unit === 'tokens') ?? lengths[0];
  return found === undefined ? null : `${percent(found.chosenLonger)} (equal ${percent(found.equal)})`;
}

function distanceText({ editDistance }: SetAudit): string | null {
  if (editDistance === null) return null;
  const { median, q05, q95 } = editDistance;
  return `${median.toFixed(2)} [${q05.toFixed(2)}, ${q95.toFixed(2)}]`;
}

function describedText({ strata: { described, undescribed } }: SetAudit): string | null {
  return described + undescribed === 0 ? null : percent(described / (described + undescribed));
}

/** Entries of a list in a cell: many columns leave room for one. */
function mostShown(columns: number): number {
  return columns > 2 ? 1 : 3;
}

/** The most frequent: `operator 31.0, name 22.5, statement 20.1, ...`. */
function sharesText(counts: Readonly<Record<string, number>>, total: number, shown: number): string | null {
  const entries = Object.entries(counts);
  if (entries.length === 0 || total === 0) return null;
  const most = entries.slice(0, shown).map(([name, n]) => `${name} ${percent(n / total)}`);
  return [...most, ...(entries.length > shown ? [`${entries.length - shown} more`] : [])].join(', ');
}

function shareText({ share, low, high }: AuditedShare): string {
  return low === null || high === null ? percent(share) : `${percent(share)} [${percent(low)}, ${percent(high)}]`;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const number = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(1));
const both = (...texts: readonly string[]): string => texts.join(' / ');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
