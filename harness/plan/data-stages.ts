/** The stages before a trial's own training: corpus, tokenizer, prompts, completions of generators, and pairs. */
import {
  kindOf,
  type DescriptionsSpec,
  type GeneratorSpec,
  type KindSpec,
  type Numerics,
  type TrialSpec,
} from '../spec/index.ts';
import { completionsInput, partInput } from '../stages/index.ts';
import { configuredSection, configuredStart, encodingOf, noStart, pluginOf, templatesDigestOf } from './configured.ts';
import { noCost } from './cost.ts';
import { bodyData, descriptionData } from './generator-data.ts';
import type { PlanInputs } from './plan-inputs.ts';
import type { Remembered } from './remembered.ts';
import type { PlannedStage, PlannedStageOf } from './stage.ts';
import type { StageSet } from './stage-set.ts';

/** A trial as its pretraining sees it. `isFresh`: from random weights, whatever the trial starts from. */
export type Pretrained = TrialSpec & { readonly isFresh?: boolean };

/** Of what writes data: trials that differ in their numerics learn from the same. */
const dataNumerics: Numerics = 'float32';

interface DataStagesOptions {
  readonly set: StageSet;
  readonly inputs: PlanInputs;
  readonly remembered: Remembered;
  /** The last stage of a pretraining; null where there is none. */
  train(trial: Pretrained, seed: number): PlannedStage | null;
}

export class DataStages {
  readonly #set: StageSet;
  readonly #inputs: PlanInputs;
  readonly #remembered: Remembered;
  readonly #train: DataStagesOptions['train'];

  constructor({ set, inputs, remembered, train }: DataStagesOptions) {
    this.#set = set;
    this.#inputs = inputs;
    this.#remembered = remembered;
    this.#train = train;
  }

  corpus(corpus: KindSpec): PlannedStageOf<'corpus'> {
    return this.#remembered.once('corpus', [corpus], () => {
      const { kinds, digestOf } = this.#inputs;
      const kind = kindOf(kinds.corpora, corpus);
      const { section, locations } = configuredSection('corpus', corpus, kind);
      const config = { corpus: section, dataDigest: digestOf(kind, corpus), plugin: pluginOf([kind], kinds) };
      return this.#set.add('corpus', { config, locations }, {}, noCost);
    });
  }

  tokenizer({ start, corpus, tokenizer }: TrialSpec): PlannedStageOf<'tokenizer'> {
    return this.#remembered.once('tokenizer', [start, corpus, tokenizer], () => {
      if (tokenizer.kind === 'checkpoint') {
        const { config, locations } = configuredStart(start, this.#inputs);
        return this.#set.add(
          'tokenizer',
          { config: { tokenizer, tokenizerDigest: null, ...config }, locations },
          {},
          noCost,
        );
      }
      const { kinds, digestOf } = this.#inputs;
      const kind = kindOf(kinds.tokenizers, tokenizer);
      const { section, locations } = configuredSection('tokenizer', tokenizer, kind);
      const digest = digestOf(kind, tokenizer);
      const config = { tokenizer: section, tokenizerDigest: digest, ...noStart, plugin: pluginOf([kind], kinds) };
      if (kind.readsCorpus && corpus === null)
        throw new Error('the spec was not validated: a tokenizer without a corpus');
      const source = kind.readsCorpus && corpus !== null ? { corpus: this.corpus(corpus) } : {};
      return this.#set.add('tokenizer', { config, locations }, source, noCost);
    });
  }

  #descriptions(trial: TrialSpec): PlannedStageOf<'descriptions'> {
    const { start, corpus, tokenizer, descriptions } = trial;
    if (corpus === null) throw new Error('the spec was not validated: descriptions without a corpus');
    return this.#remembered.once('descriptions', [start, corpus, tokenizer, descriptions], () => {
      const { kinds } = this.#inputs;
      const kind = kindOf(kinds.descriptions, descriptions);
      const { section, locations } = configuredSection('descriptions', descriptions, kind);
      const config = { descriptions: section, plugin: pluginOf([kind], kinds) };
      const writer = kind.writer?.(descriptions) ?? null;
      const completions =
        writer === null ? {} : { completions: this.#completions(trial, writer.generator, writer.ask) };
      return this.#set.add(
        'descriptions',
        { config, locations },
        { corpus: this.corpus(corpus), ...completions },
        noCost,
      );
    });
  }

  /** What a generator writes: bodies for the prompts of the descriptions; or the descriptions, which `ask` asks for. */
  #completions(trial: TrialSpec, generator: GeneratorSpec, ask: string | null): PlannedStageOf<'completions'> {
    const { start, corpus, tokenizer, descriptions } = trial;
    if (corpus === null) throw new Error('the spec was not validated: completions without a corpus');
    const parts = [start, corpus, tokenizer, descriptions, generator, ask];
    return this.#remembered.once('completions', parts, () => {
      const { kinds, digestOf, numericsOf } = this.#inputs;
      const kind = kindOf(kinds.generators, generator);
      const own = configuredSection('generator', generator, kind);
      const asked = ask === null ? null : this.#described(descriptions);
      const config = {
        generator: own.section,
        generatorDigest: digestOf(kind, generator),
        response: ask === null ? ('body' as const) : ('description' as const),
        descriptions: asked?.section ?? null,
        plugin: pluginOf([kind], kinds),
        numerics: numericsOf('completions', dataNumerics),
      };
      const about = asked === null ? { descriptions: this.#descriptions(trial) } : { corpus: this.corpus(corpus) };
      const model = this.#generatorModel(trial, generator, ask);
      const locations = { ...own.locations, ...asked?.locations };
      return this.#set.add('completions', { config, locations }, { ...about, ...model }, noCost);
    });
  }

  #described(descriptions: DescriptionsSpec): ReturnType<typeof configuredSection<DescriptionsSpec>> {
    return configuredSection('descriptions', descriptions, kindOf(this.#inputs.kinds.descriptions, descriptions));
  }

  /** A generator that the experiment trains: by language modelling on the functions, from random weights. */
  #generatorModel(
    trial: TrialSpec,
    generator: GeneratorSpec,
    ask: string | null,
  ): Readonly<Record<string, PlannedStage>> {
    const training = kindOf(this.#inputs.kinds.generators, generator).training(generator);
    if (training === null) return {};
    const { model, pretrain, seed } = training;
    const data = ask === null ? bodyData(trial) : descriptionData(ask);
    const learned = { ...trial, ...data, model, pretrain, numerics: dataNumerics, isFresh: true };
    const backbone = this.#train(learned, seed);
    return { ...(backbone !== null && { model: backbone }), tokenizer: this.tokenizer(trial) };
  }

  pairs(trial: TrialSpec): PlannedStageOf<'pairs'> {
    const { start, corpus, descriptions, tokenizer, pairs, model, overLength } = trial;
    const { contextLength, responseEnd } = model;
    const parts = [start, corpus, descriptions, tokenizer, pairs, contextLength, responseEnd, overLength];
    return this.#remembered.once('pairs', parts, () => {
      if (pairs === null) throw new Error('the spec was not validated: pretraining without pairs');
      const { kinds, digestOf } = this.#inputs;
      const kind = kindOf(kinds.pairs, pairs);
      const { section, locations } = configuredSection('pairs', pairs, kind);
      const config = {
        pairs: section,
        ...encodingOf(trial),
        pairsDigest: digestOf(kind, pairs),
        templatesDigest: templatesDigestOf(kind, pairs, trial, kinds),
        plugin: pluginOf([kind], kinds),
      };
      const encoder = this.tokenizer(trial);
      const inputs = { ...this.#pairsInputs(trial, pairs), tokenizer: encoder };
      return this.#set.add('pairs', { config, locations }, inputs, noCost);
    });
  }

  /** The functions, what generators write for them, and the parts of a mixture. */
  #pairsInputs(trial: TrialSpec, pairs: KindSpec): Readonly<Record<string, PlannedStage>> {
    const kind = kindOf(this.#inputs.kinds.pairs, pairs);
    const written = Object.entries(kind.generators?.(pairs) ?? {}).map(
      ([name, generator]) => [completionsInput(name), this.#completions(trial, generator, null)] as const,
    );
    const parts = Object.entries(kind.parts?.(pairs) ?? {}).map(
      ([name, part]) => [partInput(name), this.pairs({ ...trial, pairs: part })] as const,
    );
    const functions = kind.readsCorpus ? { descriptions: this.#descriptions(trial) } : {};
    return { ...functions, ...Object.fromEntries([...written, ...parts]) };
  }
}
