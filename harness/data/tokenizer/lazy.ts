/** A value that is made when it is first asked for: most tables of Unicode are of no use to most tokenizers. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
