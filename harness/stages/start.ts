/**
 * The weights that a stage starts from when it has no backbone: random ones, those of a checkpoint, or of a language
 * model that the experiment has trained.
 */
import path from 'node:path';
import type { StartKind } from '../kinds/index.ts';
import { initParameters, modelConfig, scoreNames } from '../model/index.ts';
import { kindOf, type KindSpec } from '../spec/index.ts';
import type { BaselineConfig, FinetuneConfig, PretrainConfig, TokenizerConfig } from './configs.ts';
import { located, requireUnchanged } from './kind-io.ts';
import type { StageContext } from './stage-kind.ts';
import { folderFiles, savedModel, weightsOf, withAdded, type Weights } from './weights.ts';

/** @throws UserError where the checkpoint cannot be read. */
export function startWeights(context: StageContext<PretrainConfig | FinetuneConfig | BaselineConfig>): Weights {
  const { config } = context.stage;
  const model = modelConfig(config);
  const trained = context.inputFolders['start'];
  // A head of its own, as beside a checkpoint: the start was trained without one.
  if (trained !== undefined)
    return withAdded(savedModel(trained).weights, initParameters(model, config.seed, scoreNames));
  if (config.start === null || config.start === undefined)
    return weightsOf(async () => initParameters(model, config.seed));
  const { kind, spec } = stageStart(context);
  const folder = kind.folder?.(spec) ?? null;
  const files = folder === null ? null : folderFiles(path.resolve(folder), model, config.seed);
  return weightsOf(() => kind.parameters(spec, model, config.seed), files);
}

/** The start of a stage that has one. @throws UserError (2) where its files are not those of the plan. */
export function stageStart({
  stage,
  kinds,
}: StageContext<TokenizerConfig | PretrainConfig | FinetuneConfig | BaselineConfig>): {
  readonly kind: StartKind;
  readonly spec: KindSpec;
} {
  const spec = located(stage, 'start');
  const kind = kindOf(kinds.starts, spec);
  requireUnchanged(kind, spec, stage.config.startDigest ?? null);
  return { kind, spec };
}

/** Of the pretraining that the stage depends on; without one, of the start. */
export function backboneWeights(context: StageContext<BaselineConfig | FinetuneConfig>): Weights {
  const backbone = context.inputFolders['backbone'];
  return backbone === undefined ? startWeights(context) : savedModel(backbone).weights;
}
