/** How many names a message gives: a model has hundreds, and they fail together. */
export const shownNames = 3;

/** The first names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - shownNames;
  return names.slice(0, shownNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
