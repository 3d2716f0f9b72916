/** The public face of the gate room: is a change of the code worse than what was there, beyond what chance explains? */
export type { Clock } from './compare-speed.ts';
export { accept, type Accepted, type AcceptOptions } from './accept.ts';
export { calibrate, type Calibration, type CalibrationOptions } from './calibrate.ts';
export type { Finding, FindingOutcome } from './finding.ts';
export { gate, type GateOptions, type GateResult } from './gate.ts';
export { gateJunit } from './junit.ts';
export { gateMarkdown } from './markdown.ts';
export { readQuality } from './read-quality.ts';
export { readSamples, writeSamples } from './samples-file.ts';
export { noQuality, samplesVersion, type QualitySamples, type Samples, type SpeedRun } from './samples.ts';
export { takeSamples, withStoredRuns, type TakeOptions } from './take-samples.ts';
export { explanations, findingCells, findingColumns, verdictText } from './words.ts';
export { verdictExitCodes, type Verdict } from './verdict.ts';
