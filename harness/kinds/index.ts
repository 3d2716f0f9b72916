/** The public face of `kinds`: what an experiment can be made of, each kind described by a record. */
export { armOf, arms, findArm, palette } from './arms.ts';
export type { Arm, ArmRole, ArmStyle, PretrainChoice } from './arms.ts';
export {
  bestOfTemplate,
  defaultHeadline,
  dependsOnMachine,
  excludedQuestionsTemplate,
  metricLookup,
  metrics,
  selectedTemplate,
  templateParts,
} from './metrics.ts';
export type { Metric, MetricInfo, MetricUnit } from './metrics.ts';
