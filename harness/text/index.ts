/** The public face of `text`: numbers and tables as people read them. A leaf, so that every room says them one way. */
export { count, plural } from './count.ts';
export { formatDuration } from './duration.ts';
export { roughDuration, roughRange } from './rough-duration.ts';
export { noPaint, paintFor, type Paint, type PaintedStream } from './paint.ts';
export { progressBar } from './progress-bar.ts';
export { formatTable, type Cell, type FormatTableOptions, type TableColumn } from './table.ts';
export { formatCell, formatNumber } from './cell.ts';
export { jsonText, WrittenNumber } from './json-text.ts';
export { control, terminalText } from './terminal.ts';
export { shellLine } from './shell-line.ts';
export { visible } from './visible.ts';
export { cut, textWidth, wrap } from './width.ts';
export { withoutSecrets } from './without-secrets.ts';
export { sharedWords, wordDiff, type DiffPart } from './word-diff.ts';
