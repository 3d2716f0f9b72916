/**
 * What one stage costs on accelerators: hours from its FLOPs and the share of the peak that runs of others reached,
 * memory from its shapes, bytes on disk from its states. Between ranks nothing is priced: it hangs on the network.
 */
import { modelConfig, type ModelConfig } from '../../model/index.ts';
import type { Numerics, OptimizerSpec, TrainableSpec } from '../../spec/experiment-schema.ts';
import { numericsIn } from '../../stages/index.ts';
import type { PairTokens, PlannedStage } from '../stage.ts';
import {
  modelBytes,
  parameterCounts,
  rankMemory,
  stateBytes,
  type RankLayout,
  type RankMemory,
} from './rank-memory.ts';
import type { PriceSettings } from './settings.ts';

export interface StagePrice {
  /** Computed, those that checkpointing repeats included. */
  readonly flops: number;
  /** Of all cards together. */
  readonly hours: number;
  readonly wallHours: number;
  /** null for a stage that only scores: it needs less than the training of its model. */
  readonly training: TrainingPrice | null;
  /** What stays on disk. */
  readonly keptBytes: number;
}

export interface TrainingPrice {
  readonly memory: RankMemory;
  readonly fits: boolean;
  /** That a rank computes at once: the most that fit, as the backend halves them until they do. */
  readonly pairsAtOnce: number;
  readonly resumeBytes: number;
}

/** A forward and a backward pass are three forward passes; with checkpointing a fourth is computed. */
const repeated = 4 / 3;

/** AdamW reads weight, gradient and both moments of a parameter, and writes all but the gradient: 4 bytes each. */
const updateBytes = 28;

/** How a stage trains; null for one that does not. */
interface Trained {
  readonly trainable: TrainableSpec | null;
  readonly optimizer: OptimizerSpec;
  readonly pairsPerStep: number;
}

/** null for a stage that neither trains nor scores. */
export function stagePrice(stage: PlannedStage, settings: PriceSettings): StagePrice | null {
  const { trainFlops, scoreFlops, tokens, steps } = stage.cost;
  const numerics = numericsIn(stage.config);
  if (trainFlops === null || tokens === null || steps === null)
    return scoreFlops === null ? null : scoringPrice(scoreFlops, numerics, settings);
  const trained = trainedBy(stage);
  if (trained === null) return null;
  const { ranks, isSharded, recomputes } = settings;
  const layout: RankLayout = { ...trained, numerics, ranks, isSharded, recomputes };
  const flops = trainFlops * (recomputes ? repeated : 1);
  const hours =
    computeHours(flops * unevenness(trained, ranks), numerics, settings) + updateHours(layout, steps, settings);
  return {
    flops,
    hours,
    wallHours: hours / ranks,
    training: trainingPrice(layout, tokens, trained, settings),
    keptBytes: keptBytes(stage, layout),
  };
}

/** On one card: scoring is not dealt out. */
function scoringPrice(flops: number, numerics: Numerics, settings: PriceSettings): StagePrice {
  const hours = computeHours(flops, numerics, settings);
  return { flops, hours, wallHours: hours, training: null, keptBytes: 0 };
}

function trainedBy(stage: PlannedStage): (Trained & { readonly model: ModelConfig }) | null {
  if (stage.kind === 'pretrain' || stage.kind === 'decay') {
    const { optimizer, pairsPerStep } = stage.config;
    return { model: modelConfig(stage.config), trainable: null, optimizer, pairsPerStep };
  }
  if (stage.kind !== 'finetune') return null;
  const { optimizer, pairsPerStep, trainable } = stage.config.finetune;
  return { model: modelConfig(stage.config), trainable, optimizer, pairsPerStep };
}

function computeHours(flops: number, numerics: Numerics, { accelerator, mfu }: PriceSettings): number {
  return flops / (1e12 * accelerator[`${numerics}Teraflops`] * mfu) / 3600;
}

/** All ranks wait for the one with the most pairs. */
function unevenness({ pairsPerStep }: Trained, ranks: number): number {
  return (ranks * Math.ceil(pairsPerStep / ranks)) / pairsPerStep;
}

/** Replicated ranks each update all weights. */
function updateHours(layout: RankLayout, steps: number, { accelerator, ranks, isSharded }: PriceSettings): number {
  const bytes = updateBytes * parameterCounts(layout).learned * (isSharded ? 1 : ranks);
  return (steps * bytes) / (1e9 * accelerator.bandwidthGigabytes) / 3600;
}

function trainingPrice(
  layout: RankLayout,
  tokens: PairTokens,
  { pairsPerStep }: Trained,
  { accelerator, ranks, tokensAtOnce }: PriceSettings,
): TrainingPrice {
  const row = tokens.prompt + tokens.chosen + tokens.rejected;
  const memoryOf = (pairs: number): RankMemory =>
    rankMemory(layout, { tokens: pairs * row, labels: pairs * tokens.labels });
  const doesFit = ({ total }: RankMemory): boolean => total <= 1e9 * accelerator.memoryGigabytes;
  let pairsAtOnce = Math.max(1, Math.min(Math.ceil(pairsPerStep / ranks), Math.floor(tokensAtOnce / row)));
  while (pairsAtOnce > 1 && !doesFit(memoryOf(pairsAtOnce))) pairsAtOnce = Math.floor(pairsAtOnce / 2);
  const memory = memoryOf(pairsAtOnce);
  return { memory, fits: doesFit(memory), pairsAtOnce, resumeBytes: stateBytes(layout) };
}

/** A trunk keeps its moments for what continues it; all other stages a model. */
function keptBytes(stage: PlannedStage, layout: RankLayout): number {
  const isTrunk = stage.kind === 'pretrain' && stage.config.schedule.kind === 'wsd';
  return isTrunk ? stateBytes(layout) : modelBytes(layout.model);
}
