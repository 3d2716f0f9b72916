/** Whether a file holds rows, by its name: for a place that takes another file too. What it is, its bytes say. */

/** `a.jsonl`, `a.json.gz`, `a.parquet`. */
export function isNamedAsRows(file: string): boolean {
  return /\.(?:parquet|(?:jsonl|ndjson|json)(?:\.(?:gz|zst|zstd))?)$/i.test(file);
}
