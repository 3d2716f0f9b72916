/**
 * The arms of an experiment: what a finetuned model was pretrained on before. A record an arm says how it is named and
 * drawn, what it is for, and which trials belong to it. A new arm is a new record in `arms`.
 */
import type { PretrainedFrom, PretrainObjective } from '../spec/index.ts';

/**
 * `treatment`: what the experiment is about. `control`: pretrained too, but without what the treatment adds. `null`: no
 * pretraining. Each treatment is compared with every control and every null arm.
 */
export type ArmRole = 'treatment' | 'control' | 'null';

/** Colour, mark and line of an arm, the same in all figures. */
export interface ArmStyle {
  readonly color: string;
  readonly shape: 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down' | 'cross';
  /** Lengths of dash and gap; [1, 0] is a solid line. */
  readonly dash: readonly number[];
  /** A budget below the largest, where both are drawn; null: as the largest, but dashed. */
  readonly smaller: { readonly color: string; readonly dash: readonly number[] } | null;
}

type PmpTerms = Omit<Extract<PretrainObjective, { readonly kind: 'pmp' }>, 'kind'>;

/** The part of a resolved `pretrain` section that decides on the arm. */
export interface PretrainChoice {
  readonly objective: { readonly kind: string } & Partial<PmpTerms>;
  readonly budget: { readonly pairs: number } | { readonly tokensOfPairs: number };
}

/** What the trials of one pretraining are called, drawn as, and compared with. */
export interface Arm {
  readonly id: string;
  /** Ids under which earlier versions recorded this arm. */
  readonly formerIds: readonly string[];
  readonly label: string;
  /** In names of stages, where the budget joins its first word: `LM-2048 equal tokens`. The id where it is absent. */
  readonly shortLabel?: string;
  /** Place in tables and legends, ascending. */
  readonly order: number;
  readonly role: ArmRole;
  readonly style: ArmStyle;
  /**
   * Whether trials with this pretraining belong to the arm. The first arm that matches takes them. `from`: the kinds of
   * the start and of the pairs.
   */
  matches(pretrain: PretrainChoice, from: PretrainedFrom): boolean;
}

/** Okabe & Ito's colours (Color Universal Design, 2008), which differ under the common colour-vision deficiencies. */
export const palette = {
  blue: '#0072b2',
  orange: '#e69f00',
  green: '#009e73',
  purple: '#cc79a7',
  vermillion: '#d55e00',
  sky: '#56b4e9',
  /** Their black, softened. Pages turn exactly this colour light on a dark ground. */
  ink: '#4d4d4d',
  muted: '#8a8a8a',
} as const;

const solid = [1, 0] as const;

export const arms: readonly Arm[] = [
  {
    id: 'base',
    formerIds: [],
    label: 'base LM alone',
    order: 5,
    role: 'null',
    style: { color: palette.ink, shape: 'triangle-down', dash: [4, 2], smaller: null },
    matches: ({ objective }, { start }) => objective.kind === 'none' && start.kind === 'trained',
  },
  {
    id: 'none',
    formerIds: ['scratch'],
    label: 'no pretraining',
    shortLabel: 'no pretraining',
    order: 0,
    role: 'null',
    style: { color: palette.ink, shape: 'circle', dash: solid, smaller: null },
    matches: ({ objective }, { start }) => objective.kind === 'none' && start.kind !== 'trained',
  },
  {
    id: 'lm-equal-pairs',
    formerIds: [],
    label: 'LM only, equal pairs',
    shortLabel: 'LM',
    order: 10,
    role: 'control',
    style: { color: palette.orange, shape: 'diamond', dash: [6, 3], smaller: null },
    matches: ({ objective, budget }) => objective.kind === 'lm' && 'pairs' in budget,
  },
  {
    id: 'lm-equal-tokens',
    formerIds: [],
    label: 'LM only, equal tokens',
    shortLabel: 'LM equal tokens',
    order: 20,
    role: 'control',
    style: { color: palette.vermillion, shape: 'triangle-up', dash: [2, 2], smaller: null },
    matches: ({ objective, budget }) => objective.kind === 'lm' && 'tokensOfPairs' in budget,
  },
  {
    id: 'pmp-text',
    formerIds: [],
    label: 'PMP on text',
    shortLabel: 'PMP on text',
    order: 25,
    role: 'control',
    style: { color: palette.green, shape: 'cross', dash: [8, 3, 2, 3], smaller: null },
    matches: ({ objective }, { pairs }) => objective.kind === 'pmp' && pairs?.kind === 'continuations',
  },
  {
    id: 'pmp',
    formerIds: [],
    label: 'PMP',
    shortLabel: 'PMP',
    order: 30,
    role: 'treatment',
    style: { color: palette.blue, shape: 'square', dash: solid, smaller: { color: palette.sky, dash: [8, 3] } },
    matches: ({ objective }, { pairs }) => objective.kind === 'pmp' && pairs?.kind !== 'continuations',
  },
];

/** The arm of a trial; undefined where no registered arm claims its pretraining. */
export function armOf(
  pretrain: PretrainChoice,
  from: PretrainedFrom,
  registered: readonly Arm[] = arms,
): Arm | undefined {
  return registered.find((arm) => arm.matches(pretrain, from));
}

/** The arm that records name `id`, today or in an earlier version; undefined where it is not registered. */
export function findArm(id: string, registered: readonly Arm[] = arms): Arm | undefined {
  return registered.find((arm) => arm.id === id) ?? registered.find((arm) => arm.formerIds.includes(id));
}
