/**
 * Durations in up to two units. The number is rounded before its units are chosen, so that no `60 s` and no `1 min 60
 * s` come out.
 */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `0.4 s`, `12 s`, `1 min 5 s`, `2 h`, `1 d 3 h`; `-` for null. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  const seconds = milliseconds / 1000;
  const short = seconds.toFixed(1);
  if (Number(short) < 10) return `${short} s`;
  if (Math.round(seconds) < minute) return `${Math.round(seconds)} s`;
  if (Math.round(seconds) < hour) return twoUnits(Math.round(seconds), [minute, 'min'], [1, 's']);
  const minutes = Math.round(seconds / minute) * minute;
  return minutes < day
    ? twoUnits(minutes, [hour, 'h'], [minute, 'min'])
    : twoUnits(Math.round(seconds / hour) * hour, [day, 'd'], [hour, 'h']);
}

type Unit = readonly [seconds: number, name: string];

/** `seconds` is a whole number of the small unit. A part that is zero is left out. */
function twoUnits(seconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = (seconds % large) / small;
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
