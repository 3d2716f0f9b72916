/** The public face of the arrow room: Apache Arrow, and its files written batch by batch and read by position. */
export { BatchFile } from './batch-file.ts';
export { openColumnFile, type BatchLayout, type ColumnFile, type ColumnLayout, type Span } from './column-file.ts';
export { arrow } from './load.ts';
