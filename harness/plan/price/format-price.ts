/** The price of a plan for people: a row a kind of stage and model, and what the numbers rest on. */
import { numericsIn } from '../../stages/index.ts';
import {
  count,
  formatTable,
  plural,
  roughDuration,
  type FormatTableOptions,
  type TableColumn,
} from '../../text/index.ts';
import { bytesInWords } from '../format-expectation.ts';
import type { PairTokens, Plan, PlannedStage } from '../stage.ts';
import type { PlanPrice } from './price-plan.ts';
import type { RankMemory } from './rank-memory.ts';
import type { PriceSettings } from './settings.ts';
import type { StagePrice } from './stage-price.ts';

/** Stages of one kind and model. */
interface PricedGroup {
  readonly kind: string;
  readonly model: string;
  readonly stages: readonly PricedStage[];
}

interface PricedStage {
  readonly stage: PlannedStage;
  readonly price: StagePrice;
}

/** Lines; the table is within `options.width`, the others are to be wrapped. */
export function formatPrice(plan: Plan, price: PlanPrice, options: FormatTableOptions): readonly string[] {
  const groups = groupsOf(plan, price);
  return [
    settingsLine(price.settings, groups),
    '',
    ...priceTable(price, groups, options).split('\n'),
    '',
    ...fitLines(groups, price.settings),
    ...diskLines(price),
    ...tokenLines(groups),
    ...unpricedLines(plan, price),
    '',
  ];
}

function groupsOf({ stages }: Plan, price: PlanPrice): readonly PricedGroup[] {
  const groups = new Map<string, { kind: string; model: string; stages: PricedStage[] }>();
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  for (const stage of stages) {
    const own = price.stages.get(stage.id);
    if (own === undefined) continue;
    const model = modelName(stage, byId);
    const key = `${stage.kind} ${model}`;
    const group = groups.get(key) ?? { kind: stage.kind, model, stages: [] };
    group.stages.push({ stage, price: own });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** An evaluation has its model from the stage that trained it. */
function modelName(stage: PlannedStage, byId: ReadonlyMap<string, PlannedStage>): string {
  if ('model' in stage.config) return stage.config.model.name;
  const trained = byId.get(stage.inputs['model'] ?? '');
  return trained === undefined ? '' : modelName(trained, byId);
}

function settingsLine(settings: PriceSettings, groups: readonly PricedGroup[]): string {
  const { accelerator, nodes, ranks, mfu, mfuSource, isSharded, recomputes } = settings;
  const numerics = [...new Set(groups.flatMap(({ stages }) => stages.map(({ stage }) => numericsIn(stage.config))))];
  const peaks = numerics.map((one) => `${accelerator[`${one}Teraflops`]} TFLOP/s in ${one}`);
  const machines = nodes === 1 ? '' : ` on ${plural(nodes, 'node')}`;
  const layout = ranks === 1 ? '' : isSharded ? ', the model divided over them' : ', the model whole on each';
  const checkpointing = recomputes ? ', activations computed again' : '';
  return (
    `Price on ${ranks} x ${accelerator.name}${machines}${layout}${checkpointing}: ` +
    `${mfu} of ${peaks.join(' and ')} (${mfuSource}).`
  );
}

const toTheRight = (name: string): TableColumn => ({ name, align: 'right' });

const columns = ['count', 'FLOPs', 'card hours', 'wall', 'memory a rank', 'pairs at once', 'kept'].map(toTheRight);

function priceTable(price: PlanPrice, groups: readonly PricedGroup[], options: FormatTableOptions): string {
  const rows = groups.map(({ kind, model, stages }) => [kind, model, ...costCells(stages)]);
  const { flops, hours, wallHours, memoryBytes, keptBytes } = price;
  const total = [String(price.stages.size), scientific(flops), inHours(hours), wall(wallHours)];
  const cells = [...total, bytesOrNone(memoryBytes), '-', bytesOrNone(keptBytes)];
  return formatTable(['stage', 'model', ...columns], [...rows, ['total', '', ...cells]], options);
}

function costCells(stages: readonly PricedStage[]): readonly string[] {
  const sum = (of: (price: StagePrice) => number): number => stages.reduce((total, { price }) => total + of(price), 0);
  const trainings = stages.flatMap(({ price }) => price.training ?? []);
  const memory = Math.max(0, ...trainings.map((training) => training.memory.total));
  const atOnce = trainings.map(({ pairsAtOnce }) => pairsAtOnce);
  return [
    String(stages.length),
    scientific(sum(({ flops }) => flops)),
    inHours(sum(({ hours }) => hours)),
    wall(sum(({ wallHours }) => wallHours)),
    bytesOrNone(memory),
    atOnce.length === 0 ? '-' : String(Math.min(...atOnce)),
    bytesOrNone(sum(({ keptBytes }) => keptBytes)),
  ];
}

const scientific = (flops: number): string => flops.toExponential(2);
const inHours = (hours: number): string => (hours < 10 ? hours.toPrecision(2) : count(Math.round(hours)));
const wall = (hours: number): string => roughDuration(3600 * hours);
const bytesOrNone = (bytes: number): string => (bytes === 0 ? '-' : bytesInWords(bytes));

/** One line a model of which a stage does not fit. */
function fitLines(groups: readonly PricedGroup[], settings: PriceSettings): readonly string[] {
  const over = groups.filter(({ stages }) => stages.some(({ price }) => price.training?.fits === false));
  return [...new Set(over.map(({ model }) => model))].map((model) => {
    const own = over.filter((group) => group.model === model);
    const memories = own.flatMap(({ stages }) => stages.flatMap(({ price }) => price.training?.memory ?? []));
    const fullest = memories.reduce((most, one) => (one.total > most.total ? one : most));
    const needed = `${bytesInWords(fullest.total)} of ${settings.accelerator.memoryGigabytes} GB a rank`;
    const kinds = own.map(({ kind }) => kind).join(', ');
    return `${kinds} of ${model}: does not fit, ${needed}, one pair at a time; ${remedy(fullest, settings)}.`;
  });
}

function remedy({ activations, update }: RankMemory, { isSharded, recomputes }: PriceSettings): string {
  const divide = isSharded ? 'take more ranks' : 'shard over several ranks (execution.torch.sharding: sharded)';
  const again = 'compute activations again (execution.torch.gradientCheckpointing: true)';
  return recomputes || activations < update ? divide : `${divide}, or ${again}`;
}

function diskLines({ resumeBytes, keptBytes }: PlanPrice): readonly string[] {
  if (resumeBytes === 0) return [];
  return [
    `Disk: ${bytesInWords(keptBytes)} of models and trunks stay. While a stage trains, a resume point of up to ` +
      `${bytesInWords(resumeBytes)}, twice that for a moment.`,
  ];
}

/** What was taken for the lengths of pairs: they are not read for a plan. */
function tokenLines(groups: readonly PricedGroup[]): readonly string[] {
  const all = groups.flatMap(({ kind, stages }) =>
    stages.flatMap(({ stage }) => (stage.cost.tokens === null ? [] : [`${kind} ${tokensInWords(stage.cost.tokens)}`])),
  );
  if (all.length === 0) return [];
  return [`Tokens of a pair, as expected (prompt + chosen + rejected): ${[...new Set(all)].join('; ')}.`];
}

function tokensInWords({ prompt, chosen, rejected }: PairTokens): string {
  return [prompt, chosen, rejected].map(Math.round).join(' + ');
}

/** Generation by models, and what lies between ranks. */
function unpricedLines({ stages }: Plan, { settings }: PlanPrice): readonly string[] {
  const writing = stages.filter(({ kind }) => kind === 'completions').length;
  const left = [
    ...(settings.ranks > 1 ? ['what ranks wait for one another'] : []),
    ...(writing > 0 ? [`what models write (${plural(writing, 'stage')} of completions)`] : []),
  ];
  return left.length === 0 ? [] : [`Not priced: ${left.join('; ')}.`];
}
