/** Expected times for people, rounded to what an estimate can know: `45 s`, `7 min`, `30 min`, `2.5 h`, `3 days`. */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

interface Grain {
  /** Used for fewer seconds than these. */
  readonly below: number;
  readonly step: number;
  readonly unit: number;
  readonly name: string;
}

const largest: Grain = { below: Infinity, step: day, unit: day, name: 'days' };
const grains: readonly Grain[] = [
  { below: 105, step: 5, unit: 1, name: 's' },
  { below: 10 * minute, step: minute, unit: minute, name: 'min' },
  { below: 95 * minute, step: 5 * minute, unit: minute, name: 'min' },
  { below: 10 * hour, step: hour / 2, unit: hour, name: 'h' },
  { below: 2 * day, step: hour, unit: hour, name: 'h' },
];

/** Never 0: what is not done takes some time. */
function round(seconds: number): { readonly amount: number; readonly name: string } {
  const { step, unit, name } = grains.find(({ below }) => seconds < below) ?? largest;
  return { amount: Math.max(step, Math.round(seconds / step) * step) / unit, name };
}

export function roughDuration(seconds: number): string {
  const { amount, name } = round(seconds);
  return `${amount} ${name}`;
}

/** `10 to 85 min`, `45 s to 7 min`, `up to 7 min`; one duration where both ends round to it. */
export function roughRange(low: number, high: number): string {
  if (low < 1 && high >= 10) return `up to ${roughDuration(high)}`;
  const [from, to] = [round(low), round(high)];
  if (from.name !== to.name) return `${roughDuration(low)} to ${roughDuration(high)}`;
  return from.amount === to.amount ? roughDuration(low) : `${from.amount} to ${to.amount} ${to.name}`;
}
