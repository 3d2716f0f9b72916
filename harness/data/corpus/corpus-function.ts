/** A function of the corpus, cut where the prompt ends and the response begins. */
export interface CorpusFunction {
  /** `package/file:line:column`: stable while the pinned version is. */
  readonly id: string;
  readonly package: string;
  /** Path inside the package, with `/`. */
  readonly file: string;
  /** 1-based line of the signature. */
  readonly line: number;
  /** What it does as one comment line (where the source says so), then the signature up to and including `{`. */
  readonly prompt: string;
  /** From behind `{` to the closing `}`, dedented. */
  readonly body: string;
}
