/**
 * The answer to the question of an experiment, made from the numbers alone: a verdict in a few words, one paragraph and
 * the task whose figure shows it. "Not shown" is an answer, told in the same place as any other.
 */
import { isRegistered } from './compare/significance.ts';
import { countsText } from './counts.ts';
import { unique } from './distinct.ts';
import { armLabel, differenceInterval, differenceText, listText, unitSuffix } from './format.ts';
import { readingNames } from './readings.ts';
import type { Comparison, Reading, Report } from './report-types.ts';
import { plural } from '../text/index.ts';

export interface Answer {
  readonly tone: Reading;
  readonly verdict: string;
  readonly paragraphs: readonly string[];
  /** null: no comparison was drawn. */
  readonly task: string | null;
}

export function answerOf({ comparisons, counts }: Pick<Report, 'comparisons' | 'counts'>): Answer {
  if (counts.used === 0)
    return { tone: 'missing', verdict: 'No answer yet', paragraphs: [`${countsText(counts)}.`], task: null };
  const claim = comparisons.find((comparison) => comparison.claim !== null);
  if (claim !== undefined) return ofClaim(claim);
  const overall = comparisons.filter(({ scope }) => scope === 'overall');
  return overall.length === 0 ? nothingCompared : ofMany(overall);
}

const nothingCompared: Answer = {
  tone: 'missing',
  verdict: 'Nothing to compare',
  paragraphs: ['The sweep has no treatment with an arm to compare it with.'],
  task: null,
};

function ofClaim(claim: Comparison): Answer {
  return { tone: claim.reading, verdict: claimVerdict(claim), paragraphs: [claim.sentence], task: claim.task };
}

function claimVerdict({ reading, treatment, reference, claim }: Comparison): string {
  if (reading === 'missing') return 'Cannot be judged';
  if (reading === 'no-claim') return 'Not shown: too few seeds';
  if (reading === 'not-distinguishable') return 'Not shown';
  const finding = `${treatment.arm.label} is ${reading} than ${reference.arm.label}`;
  return isRegistered(claim) ? `Shown: ${finding}` : `Seen, not shown: ${finding}`;
}

/** Without a claim nothing is shown: what stands out in one sweep is what another one has to test. */
function ofMany(overall: readonly Comparison[]): Answer {
  const of = (reading: Reading): number => overall.filter((comparison) => comparison.reading === reading).length;
  const [better, worse] = [of('better'), of('worse')];
  return {
    tone: toneOf(better, worse),
    verdict: better + worse === 0 ? 'Not shown' : seenText({ better, worse, of: overall.length }),
    paragraphs: [...unique(overall.map(({ task }) => task)).map((task) => taskText(task, overall)), standing(overall)],
    task: (overall.find(({ reading }) => reading === 'better') ?? overall[0])?.task ?? null,
  };
}

/** Findings of both signs are no finding of one. */
function toneOf(better: number, worse: number): Reading {
  if (better > 0 && worse === 0) return 'better';
  return worse > 0 && better === 0 ? 'worse' : 'not-distinguishable';
}

function seenText({ better, worse, of }: { readonly better: number; readonly worse: number; readonly of: number }) {
  const parts = [better > 0 ? `better in ${better}` : '', worse > 0 ? `worse in ${worse}` : ''];
  const seen = parts.filter((part) => part !== '').join(', ');
  return `Seen, not shown: ${seen} of ${plural(of, 'comparison')}`;
}

function standing(overall: readonly Comparison[]): string {
  const family = Math.max(...overall.map((comparison) => comparison.family));
  const among = family > 1 ? `, with p adjusted over the ${family} tests of the page` : '';
  return `Exploratory${among}: the experiment registered no claim.`;
}

function taskText(task: string, overall: readonly Comparison[]): string {
  const own = overall.filter((comparison) => comparison.task === task);
  const treatments = unique(own.map(({ treatment }) => armLabel(treatment)));
  const parts = treatments.map((label) => {
    const differences = own.filter(({ treatment }) => armLabel(treatment) === label).map(differenceOf);
    return `${label} against ${listText(differences)}`;
  });
  return `On ${task}, difference in ${own[0]?.headline.label ?? ''}: ${parts.join('; ')}.`;
}

function differenceOf({ reference, statistics, headline, reading }: Comparison): string {
  const name = reference.arm.label.replaceAll(',', '');
  if (statistics === null) return `${name} (${readingNames[reading]})`;
  const { meanDifference, interval } = statistics;
  const ends = interval === null ? '' : ` ${differenceInterval(interval, headline)}`;
  const size = `${differenceText(meanDifference, headline)}${unitSuffix(headline)}${ends}`;
  return `${name} ${size} (${readingNames[reading]})`;
}
