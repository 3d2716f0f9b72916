export { lmHeadName, lmHeadNames, scoreBiasName, scoreName, scoreNames } from './head-names.ts';
export { familyOf } from './family-of.ts';
export type { Family } from './family.ts';
export { lastLayerRotates, layersOf, type LayerPart } from './layers.ts';
export { modelConfig, type ModelConfig } from './model-config.ts';
export { architectureKey, headSizeOf } from './model-sizes.ts';
export { parameterShapes, type Parameters, type ParameterShapes, type ReadParameter } from './parameter-shapes.ts';
export { initParameters } from './init-parameters.ts';
export {
  packerFor,
  RowPacker,
  rowMasks,
  tokensOfRow,
  unseen,
  type PackedRows,
  type RowMasks,
  type ResponseSpan,
} from './pack-rows.ts';
export type { Row } from './row.ts';
export {
  lmLabels,
  marginPooling,
  rewardPooling,
  rewardSumPooling,
  weightedLabels,
  type LmLabels,
  type PairSpans,
  type WeightedLabels,
} from './batch-targets.ts';
export {
  adaptedMaps,
  adapterNames,
  adapterScaleName,
  adapterShapes,
  declareAdapters,
  initAdapters,
  mergeAdapters,
  readMerged,
  type LoraSpec,
} from './adapters.ts';
export { allParameterShapes, learnedNames } from './trainable.ts';
export {
  batchFeeds,
  declareBatch,
  declareParameters,
  declareReads,
  numbered,
  readFeeds,
  type BatchInputs,
  type FeedArray,
  type KeyInputs,
  type QueryInputs,
} from './batch-inputs.ts';
export {
  hiddenStates,
  logitsAt,
  nextLogits,
  packedRows,
  readStates,
  statesAndCache,
  stepStates,
  tokenScores,
  type ReadRows,
  type StatesAndCache,
} from './decoder.ts';
export type { AttentionRows } from './attention.ts';
export { cacheNames, declareStep, type StepInputs } from './cached-attention.ts';
export { forLengths } from './for-lengths.ts';
export { fixedContext, hasLengthRopes, ropeFeeds, ropeLengthOf } from './length-ropes.ts';
export type { KeyValue } from './projections.ts';
export { maskOf, masksOf, windowOf, type MaskName } from './windows.ts';
export type { ParameterTensors } from './decoder-parts.ts';
export { costOf, scoreFlops, trainFlops, type BatchSizes, type ModelCost } from './cost.ts';
export { elementsOf } from './safetensors-header.ts';
export { readSafetensors, writeSafetensors, type StoredFloat, type TensorFile } from './safetensors.ts';
export { readHeader, SafetensorsFile } from './safetensors-file.ts';
export { checkEntries } from './tensor-problems.ts';
export { weightFilesOf, weightsIndexFile } from './weight-files.ts';
export { headsBeside } from './plain-weights.ts';
export { isOwnModel, sourceOf, type ModelSource } from './model-source.ts';
export type { StoredTensor } from './safetensors-file.ts';
export {
  describeModelFolder,
  loadModelFolder,
  openModelFolder,
  type LoadedModel,
  type LoadOptions,
  type ModelDescription,
  type OpenedModel,
  type SavedModel,
} from './load-model.ts';
export { outlineOf, type ModelOutline } from './outline.ts';
export { adapterBaseFolder, adapterModelConfigFile } from './adapter-files.ts';
export { saveAdapterFolder, type SavedAdapter } from './write-adapter.ts';
export {
  checkedParameters,
  modelFiles,
  saveModelFolder,
  withShapes,
  writeConfig,
  type SaveOptions,
} from './model-folder.ts';
export { readConfig, type ConfigFile } from './read-config.ts';
export type { SpecialTokens } from './special-tokens.ts';
export { readBlocks, readSpan, readTokens, type Readers, type ReadTokens } from './read-tokens.ts';
