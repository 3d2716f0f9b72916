/** How long to wait before a request is repeated. */
import { randomStream } from '../../random/index.ts';

const firstMs = 500;
const longestMs = 60_000;

/**
 * Exponential back-off with full jitter, in milliseconds: uniform between 0 and 0.5 s, 1 s, 2 s, ... 60 s (AWS
 * Architecture Blog, "Exponential Backoff And Jitter", 2015). `attempt` counts from 1.
 */
export function backoffMs(key: string, attempt: number): number {
  const most = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return randomStream(0, 'backoff', key, attempt).uniform() * most;
}

/** `Retry-After`, seconds or a date, in milliseconds; null where there is none. Dates count from the answer's own. */
export function retryAfterMs(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const until = Date.parse(retryAfter) - Date.parse(date ?? '');
  return Number.isFinite(until) ? Math.max(0, until) : null;
}
