/** Splits of compute in words. */
import { significance } from '../compare/significance.ts';
import { count, plural } from '../../text/index.ts';
import { differenceInterval, differenceText, flopsText, labelWith, percent, pValue, unitSuffix } from '../format.ts';
import type { Statement } from '../report-types.ts';
import type { BestSplit, ComputeSplit } from './split-types.ts';

/** In percent, with the seeds read there: `14.3 (3 of 3)`, `0.0 (1 of 3), 14.3 (2 of 3)`. */
export function chosenText({ chosen, estimate }: Pick<BestSplit, 'chosen' | 'estimate'>): string {
  return chosen.map(({ pretrainShare, seeds }) => `${percent(pretrainShare)} (${seeds} of ${estimate.n})`).join(', ');
}

/** `+3.1 [+1.0, +5.2]`; a gain counts what is better as more, whatever the metric. */
export function gainText({ mean, interval }: NonNullable<BestSplit['gain']>, split: ComputeSplit): string {
  const ends = interval === null ? '' : ` ${differenceInterval(interval, split.headline)}`;
  return `${differenceText(mean, split.headline)}${ends}`;
}

/** What tells the treatments and variants of one table or figure apart; empty for the only one. */
export function lineText({ treatment }: ComputeSplit, all: readonly ComputeSplit[]): string {
  const isOne = all.every((other) => other.treatment.arm.id === treatment.arm.id);
  const isSame = all.every((other) => other.treatment.variant === treatment.variant);
  return [isOne ? '' : treatment.arm.label, isSame ? '' : treatment.variant].filter((part) => part !== '').join(', ');
}

/** Only where pretraining gains beyond noise; a family of many: all else is in the table. */
export function splitStatements(splits: readonly ComputeSplit[]): readonly Statement[] {
  const tests = splits.filter(({ adjustedP }) => adjustedP !== null).length;
  return splits.flatMap((split) => {
    const best = split.best.at(-1);
    const { adjustedP, task } = split;
    if (best?.gain == null || adjustedP === null || adjustedP >= significance || best.gain.mean <= 0) return [];
    return [{ tone: 'better', task, text: sentenceOf(split, best, best.gain, tests), isClaim: false }];
  });
}

function sentenceOf(split: ComputeSplit, best: BestSplit, gain: NonNullable<BestSplit['gain']>, tests: number): string {
  const { task, headline, model, samples, treatment, adjustedP } = split;
  const who = labelWith(treatment.arm.label, [treatment.variant]);
  const among = tests > 1 ? `, adjusted over ${plural(tests, 'such test')}` : '';
  return (
    `${model}: within ${flopsText(best.budgetFlops)} training FLOPs and ${count(samples)} samples, splits between ` +
    `${who} and finetuning that other seeds choose (percent of the FLOPs in pretraining: ${chosenText(best)}) beat ` +
    `finetuning alone on ${task} by ${gainText(gain, split)}${unitSuffix(headline)} on the seed left out ` +
    `(n = ${plural(gain.n, 'seed')}; p ${relation(adjustedP)}${among}). Exploratory.`
  );
}

function relation(p: number | null): string {
  const text = pValue(p);
  return text.startsWith('<') ? text : `= ${text}`;
}
