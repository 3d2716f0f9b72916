/** A function of a corpus, cut where the signature ends and the body begins. */
export interface CorpusFunction {
  /** `package/file:line:column`: stable while the pinned version is. */
  readonly id: string;
  /** Where it comes from: a package, a repository; `.` for the user's own folder. */
  readonly package: string;
  /** Path inside the package, with `/`. */
  readonly file: string;
  /** 1-based line of the signature. */
  readonly line: number;
  /** Name of its language (`data/language`): `javascript`, `typescript`, `python`. */
  readonly language: string;
  /** What it does in plain words, from its documentation, without comment signs; null where the source says nothing. */
  readonly description: string | null;
  /** Up to and including what opens the body: `{`, or the `:` of Python. Dedented. */
  readonly signature: string;
  /**
   * From behind the signature to the end, dedented: with the closing `}`; in Python the indented lines behind the line
   * break, without the docstring.
   */
  readonly body: string;
  /** Of a function that a commit changed: what was there before. */
  readonly change?: FunctionChange;
}

/**
 * A change of one function, as a commit made it. `body` and `signature` of the function are those behind the commit.
 */
export interface FunctionChange {
  /** The body before the commit. The signature is the same. */
  readonly before: string;
  /**
   * Why the change counts as better, or as worse: `fix`, `test`, `review`; `reverted` where it was taken back later.
   */
  readonly reason: string;
  /** Id of the commit. */
  readonly commit: string;
}

/** A function with the prompt that asks for its body. */
export interface PromptedFunction extends CorpusFunction {
  readonly prompt: string;
}
