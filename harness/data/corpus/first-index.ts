/** The first index of a sorted list at which `isReached` holds, by binary search; its length where there is none. */
export function firstIndex<Item>(list: readonly Item[], isReached: (item: Item) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isReached(list[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
