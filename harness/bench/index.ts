/** The public face of the bench room: speed, measured with warm-up, repeats and the machine's name. */
export { compareWithProof, type ProofComparison } from './compare-with-proof.ts';
export { benchEngineStep, referenceSize } from './engine-step.ts';
export {
  compareWithPeer,
  type FailedSetUp,
  type MeasuredSetUp,
  type PeerComparison,
  type ProgramSpeed,
} from './compare-with-peer.ts';
export { peerSetUps, type PeerSetUp } from './peer-set-ups.ts';
export { comparedSteps } from './step-options.ts';
export { benchMicro, type MicroBench, type MicroTime } from './micro.ts';
export { differencesOf, machineIdentity, type MachineIdentity } from './machine-identity.ts';
export { measureSpeeds, type PathTimes } from './speed-run.ts';
export { machineName, roundsInTurns, type RatioSummary } from './in-turns.ts';
export { benchPairStorage, type PairStorage } from './pair-storage.ts';
export { measureTrainStep } from './measure-train-step.ts';
export type { TrainStepBench } from './train-step.ts';
export { benchTokenizerTraining, type TokenizerTraining } from './tokenizer-training.ts';
export {
  benchTokenizerEncoding,
  type EncodeSpeed,
  type MakeEncoding,
  type TokenizerEncoding,
} from './tokenizer-encoding.ts';
export { readTokenPairs } from './token-pairs.ts';
export { yardstick, yardstickReward, yardstickSizes, type YardstickSize } from './yardstick.ts';
export { benchVariants, type VariantResult } from './step-variants.ts';
export { benchScore, type ScoreBench, type ScoreBenchOptions, type ScoreVariant } from './score.ts';
export {
  compareScoreWithPeer,
  type PeerSetup,
  type ScoreComparison,
  type ScorePeerOptions,
  type ScoreSpeed,
} from './score-peer.ts';
export { scoreWorkload, type ScoreWorkload } from './score-workload.ts';
export { benchData, type DataBench, type DataBenchOptions } from './data.ts';
export { benchGenerate, type GenerateBench, type GenerateBenchOptions, type GenerateSpeed } from './generate.ts';
export { generateModel, generateSizes, generateWorkload, type GenerateSize } from './generate-workload.ts';
export { benchParity, type FamilyParity } from './parity.ts';
export { h100, stepLimit, type Card, type StepLimit } from './step-limit.ts';
export { measureDevices, type MeasuredDevices } from './device-speeds.ts';
export { cardPairs, seededTokenPairs, tokenPairLines } from './seeded-token-pairs.ts';
export { measureGrowth, type GrowthOptions } from './growth.ts';
export type { GrowthPoint, GrowthProgram, GrowthRecord } from './growth-points.ts';
export { summarizeGrowth, type GrowthRow, type GrowthSummary } from './growth-summary.ts';
