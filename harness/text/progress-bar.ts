/** How far something is, to be seen at a glance. */

/** `████░░░░`: full only when all is done, empty only when nothing is. */
export function progressBar(done: number, total: number, width: number): string {
  const share = total === 0 ? 1 : done / total;
  const full = share >= 1 ? width : Math.min(width - 1, Math.ceil(share * width));
  return '█'.repeat(full) + '░'.repeat(width - full);
}
