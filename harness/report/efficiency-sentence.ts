/** Sample efficiency in words: numbers where the curves hold the answer, bounds where they do not. */
import type { Reach } from '../stats/index.ts';
import { count } from '../text/index.ts';
import { armLabel, listText, ratio, valueWithUnit } from './format.ts';
import type { Efficiency } from './report-types.ts';

export function efficiencySentence(reading: Omit<Efficiency, 'sentence'>): string {
  const { models, treatment, reference, samples, value, headline, n } = reading;
  const who = models.length === 1 ? `${models[0]}` : `Mean of ${listText(models)}`;
  const reached = valueWithUnit(value, headline);
  const what = `${who}: ${armLabel(treatment)} reaches ${reached} with ${count(samples)} samples`;
  const seeds = `n = ${n} ${n === 1 ? 'seed' : 'seeds'}${isAsManyPossible(reading) ? '; no saving is shown' : ''}`;
  return `${what}; ${armLabel(reference, true)} ${needText(reading)} (${seeds}).`;
}

/** Whether the interval holds "exactly as many samples". */
function isAsManyPossible({ interval, samples }: Pick<Efficiency, 'interval' | 'samples'>): boolean {
  if (interval === null) return false;
  const { low, high } = interval;
  const isAbove = low.bound === 'more-than' ? low.x >= samples : low.bound === null && low.x > samples;
  const isBelow = high.bound !== 'more-than' && high.x < samples;
  return !isAbove && !isBelow;
}

function needText({ needs, samples, interval }: Omit<Efficiency, 'sentence'>): string {
  const times = `${timesText(needs, samples)} as many`;
  const spread = interval === null ? '' : ` ${timesInterval(interval, samples)}`;
  if (needs.bound === 'more-than') return `needs more than ${count(needs.x)}, the largest size: ${times}${spread}`;
  if (needs.bound === 'at-most') return `needs at most ${count(needs.x)}, the smallest size: ${times}${spread}`;
  return `needs about ${count(Math.round(needs.x))}: ${times}${spread}`;
}

const signs = { 'at-most': '\u2264 ', 'more-than': '> ' } as const;
const signOf = ({ bound }: Reach): string => (bound === null ? '' : signs[bound]);

/** `256`, `> 4,096`, `\u2264 128`. */
export const reachText = (at: Reach): string => `${signOf(at)}${count(Math.round(at.x))}`;

/** How many times as many samples: `2.0x`, `> 4.0x`, `\u2264 0.5x`. */
export const timesText = (at: Reach, samples: number): string => `${signOf(at)}${ratio(at.x / samples)}`;

export function timesInterval({ low, high }: NonNullable<Efficiency['interval']>, samples: number): string {
  return `[${timesText(low, samples)}, ${timesText(high, samples)}]`;
}
