/** What encoding all texts once took, and what came of it. */
export interface EncodeRound {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  readonly tokens: number;
  /** sha256 of the ids of all texts. */
  readonly digest: string;
}
