/**
 * The last index of a list at which `holds` is true, by binary search: it must be true up to there and false behind it.
 * -1 where it never is.
 */
export function lastIndex<Item>(list: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
