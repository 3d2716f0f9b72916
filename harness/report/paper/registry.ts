/** Every figure and table of the paper's results, in its order. A new one is an entry here. */
import {
  accuracyByArm,
  accuracyByPretrainingPairs,
  accuracyBySamples,
  bestOfN,
  choiceAccuracy,
  dataStatistics,
  statisticNames,
} from './queries.ts';
import type { Ablated, PaperFigure } from './paper-figure.ts';

const accuracy = { title: 'pairwise accuracy', unit: 'share' } as const;
const pairs = { sets: ['pairs'], metrics: [] } as const;
const pool = { sets: ['pool'], metrics: [] } as const;
const strict = 'Share of test pairs whose chosen response has the larger reward; equal rewards are wrong.';

function ablation(of: string, title: string, ablates: Ablated | 'own'): PaperFigure {
  return {
    id: `ablation-${of}`,
    title,
    item: 'ablation table',
    experiment: `paper-ablation-${of}`,
    ours: `ablation-${of}`,
    query: accuracyByArm,
    needs: pairs,
    chart: { kind: 'arms', y: accuracy },
    caption: strict,
    ablates,
  };
}

const modelOf = (setting: string) => ({ role: 'finetune', setting: `s.config->'model'->>'${setting}'` }) as const;

export const paperFigures: readonly PaperFigure[] = [
  {
    id: 'data-statistics',
    title: 'Data of the pretraining',
    item: 'table of data statistics',
    experiment: 'paper-pmp',
    ours: 'ablation-scaling',
    query: dataStatistics,
    needs: { sets: [], metrics: statisticNames },
    chart: { kind: 'arms', y: { title: 'count', unit: 'count' } },
    caption: 'Functions of the corpus, pairs that were made of them, and mean tokens.',
    ablates: null,
  },
  {
    id: 'rm-accuracy',
    title: 'Accuracy of reward models',
    item: 'table of reward-model accuracy',
    experiment: 'paper-finetune',
    ours: 'ablation-scaling',
    query: accuracyByArm,
    needs: pairs,
    chart: { kind: 'arms', y: accuracy },
    caption: strict,
    ablates: null,
  },
  {
    id: 'multiple-choice',
    title: 'Multiple choice',
    item: 'table of multiple-choice accuracy',
    experiment: 'paper-finetune',
    ours: 'scale-overnight',
    query: choiceAccuracy,
    needs: pool,
    chart: { kind: 'arms', y: { title: 'accuracy of the chosen option', unit: 'share' } },
    caption: 'The option with the largest reward is the answer; options of one reward share it.',
    ablates: null,
  },
  {
    id: 'best-of-n',
    title: 'Best of N',
    item: 'figure 3',
    experiment: 'paper-best-of-n',
    ours: 'ablation-scaling',
    query: bestOfN,
    needs: pool,
    chart: {
      kind: 'curve',
      x: 'N candidates (log scale)',
      y: { title: 'accuracy of the chosen answer', unit: 'share' },
    },
    caption: 'Expected accuracy over all subsets of N candidates, where the paper takes one subset for each N.',
    ablates: null,
  },
  {
    id: 'sample-efficiency',
    title: 'Accuracy by finetuning samples',
    item: 'figure 4',
    experiment: 'paper-sample-efficiency',
    ours: 'ablation-scaling',
    query: accuracyBySamples,
    needs: pairs,
    chart: { kind: 'curve', x: 'finetuning samples (log scale)', y: accuracy },
    caption: strict,
    ablates: null,
  },
  {
    id: 'pmp-scaling',
    title: 'Accuracy by pretraining pairs',
    item: 'figure 5',
    experiment: 'paper-scaling',
    ours: 'ablation-scaling',
    query: accuracyByPretrainingPairs,
    needs: pairs,
    chart: { kind: 'curve', x: 'pretraining pairs (log scale)', y: accuracy },
    caption: strict,
    ablates: null,
  },
  ablation('pairs', 'How the pairs are made', {
    what: 'their pairs',
    role: 'pairs',
    setting: "s.config->'pairs'",
  }),
  ablation('loss', 'Ranking loss, language modelling, or both', {
    what: 'the loss of pretraining',
    role: 'backbone',
    setting: "s.config->'objective'",
  }),
  ablation('source', 'Pairs of code, or of questions and answers', 'own'),
  ablation('schedule', 'Cosine or warmup-stable-decay', {
    what: 'the schedule of pretraining',
    role: 'backbone',
    setting: "s.config->'schedule'->>'kind'",
  }),
  ablation('pooling', 'Reward from the last token, or from the mean of all', {
    what: 'the pooling of the reward',
    ...modelOf('rewardPooling'),
  }),
  ablation('end-token', 'An end token behind the response, or none', {
    what: 'the end token',
    ...modelOf('responseEnd'),
  }),
  {
    ...ablation('larger', 'Other and larger models', { what: 'the model', ...modelOf('name') }),
    id: 'larger-models',
    item: 'other backbones',
    experiment: 'paper-larger',
    ours: 'larger-models',
  },
];
