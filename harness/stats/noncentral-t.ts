/** The noncentral t distribution: what Student's t becomes when the mean is not 0. */
import { logGamma, normalCdf } from './distributions.ts';
import { integrate } from './quadrature.ts';

/** In standard deviations, around a center: dense in the middle, and nothing beyond. */
const panelEnds = [-12, -5, -2, 0, 2, 5, 12];

/**
 * P(T <= t) of T = (Z + shift) / S, where `degrees` S^2 is chi-squared with `degrees` >= 1 degrees of freedom: the
 * integral over s of its density times P(Z <= t s - shift). Both factors are smooth on their own scale, so the panels
 * follow both, whatever the size of t and shift. Absolute error below 1e-11 for all that a test of means needs (checked
 * up to 20,000 degrees).
 */
export function noncentralTCdf(t: number, degrees: number, shift: number): number {
  if (!(degrees >= 1) || !Number.isFinite(degrees) || !Number.isFinite(shift) || !Number.isFinite(t))
    throw new RangeError(`noncentralTCdf: degrees >= 1 and finite t, shift needed, found ${t}, ${degrees}, ${shift}`);
  const density = scaleDensity(degrees);
  return Math.min(
    1,
    integrate((s) => density(s) * normalCdf(t * s - shift), endsOf(t, degrees, shift)),
  );
}

/** The density of S, the square root of a chi-squared over its degrees of freedom. */
function scaleDensity(degrees: number): (s: number) => number {
  const front = Math.LN2 + (degrees / 2) * Math.log(degrees / 2) - logGamma(degrees / 2);
  return (s) => Math.exp(front + (degrees - 1) * Math.log(s) - (degrees * s * s) / 2);
}

function endsOf(t: number, degrees: number, shift: number): readonly number[] {
  const width = 1 / Math.sqrt(2 * degrees);
  const ofScale = panelEnds.map((end) => 1 + end * width);
  const ofStep = t === 0 ? [] : panelEnds.map((end) => (shift + end) / t);
  const last = ofScale.at(-1) as number;
  const within = [...ofScale, ...ofStep].filter((end) => end > 0 && end < last);
  return [0, ...within, last].toSorted((a, b) => a - b);
}
