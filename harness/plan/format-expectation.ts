/** Expected time and memory of a plan, for people: the numbers, their range, and what they rest on. */
import { plural, roughDuration, roughRange } from '../text/index.ts';
import { memorySummary, type PlanExpectation } from './expectation.ts';
import { basisLevels, type BasisLevel } from './predict-time.ts';

const restsOn: Readonly<Record<BasisLevel, string>> = {
  same: 'from equal stages on this machine',
  model: 'from this model on this machine',
  kind: 'from stages of their kind on this machine',
  machine: 'from other stages on this machine',
  default: 'from default speeds, taken on another machine',
};

/** Lines; none where nothing will run. `nameOf`: what people call a stage. */
export function formatExpectation(
  expectation: PlanExpectation,
  willRun: (id: string) => boolean,
  nameOf: (id: string) => string,
): readonly string[] {
  const { wall, low, high, workers, stages } = expectation;
  const times = [...stages].filter(([id]) => willRun(id)).map(([, time]) => time);
  if (times.length === 0) return [];
  const shares = basisLevels.flatMap((level) => {
    const seconds = times.filter(({ basis }) => basis.level === level).reduce((sum, time) => sum + time.seconds, 0);
    return seconds / wall.workSeconds >= 0.005
      ? [`${Math.round((100 * seconds) / wall.workSeconds)} % ${restsOn[level]}`]
      : [];
  });
  return [
    `Expected: about ${roughDuration(wall.seconds)} (${roughRange(low, high)}) with ` +
      `${plural(workers, 'worker')}; ${roughDuration(wall.workSeconds)} of work, ` +
      `its longest chain of stages takes ${roughDuration(wall.criticalSeconds)}.`,
    `  ${shares.join(', ')}${expectation.recordedStages > 0 ? ` (${plural(expectation.recordedStages, 'recorded stage')})` : ''}.`,
    ...memoryLines(expectation, willRun, nameOf),
    '',
  ];
}

function memoryLines(
  expectation: PlanExpectation,
  willRun: (id: string) => boolean,
  nameOf: (id: string) => string,
): readonly string[] {
  const { peakBytes, largestStage, allWorkersBytes, availableBytes, fits } = memorySummary(expectation, willRun);
  if (largestStage === null) return [];
  const verdict = fits ? 'available' : 'available: DOES NOT FIT, a sweep will be refused';
  return [
    `Memory: up to ${bytesInWords(peakBytes)} a worker (${nameOf(largestStage)}), ` +
      `${bytesInWords(allWorkersBytes)} for all at once; ${bytesInWords(availableBytes)} ${verdict}.`,
  ];
}

export function bytesInWords(bytes: number): string {
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return bytes < 1e12 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e12).toFixed(1)} TB`;
}
