/** A file of source code, wherever it comes from. Types only. */
export interface SourceFile {
  /** The package or repository that it belongs to; `.` for the user's own folder. */
  readonly package: string;
  /** Path inside it, with `/`. Its extension decides the language. */
  readonly file: string;
  readonly text: string;
  /** SPDX identifier; `unknown` where nothing says it. */
  readonly license: string;
}
