import type { Catalog, Offer } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { CostLine } from '../catalog/products.ts';
import { type Outcome, ok, type Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { Adaptation, FineTuningChoice } from './decided.ts';
import {
  capacityModel,
  count,
  evidence,
  type Option,
  type Ruling,
  recordOf,
  reference,
  settle,
  usd,
} from './decision.ts';
import type { Decision } from './record.ts';
import { offersFor } from './serving-requirement.ts';
import { type TrainingRun, trainingHostMemoryGb } from './training-cost.ts';
import { fewExamples, type MachineFit, type Method, machineFits, trainingRun } from './training-machine.ts';
import { quotaProblems } from './validation.ts';

const manyExamples = 100_000;

const effectiveBatch = 64;

const studentRatio = 3;

export function trains(adaptation: Adaptation): boolean {
  return adaptation === 'fine-tuning' || adaptation === 'retrieval-and-fine-tuning' || adaptation === 'distillation';
}

/** D6: method, stage and machine of a training run, each method priced. Called only when D1 trains. */
export function chooseFineTuning(
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  adaptation: Adaptation,
  regions: readonly string[],
): Outcome<{ readonly value: FineTuningChoice; readonly costLines: readonly CostLine[]; readonly record: Decision }> {
  const student = adaptation === 'distillation' ? studentOf(catalog, model) : undefined;
  const base = student ?? model;
  const offers = offersFor(requirements, catalog, regions.slice(0, 1));
  const ruling = methodRuling(requirements);
  const priced = (['lora', 'qlora', 'full'] as const).map((method) =>
    priceMethod(method, requirements, catalog, base, offers),
  );
  const settled = settle(
    'D6',
    requirements.pins,
    priced.map((row) => row.option),
    ruling,
  );
  if (!settled.ok) return settled;
  const chosen = priced.find((row) => row.method === settled.value.choice);
  if (!chosen?.fit) throw new Error(`method ${settled.value.choice} passed its limits without a machine`);
  const value = fineTuningValue(requirements, base, model, chosen, chosen.fit, student !== undefined);
  const record = recordOf(requirements, settled.value, {
    id: 'D6',
    title: 'Fine-tuning method',
    question: 'How is the model tuned, on what, and for how much?',
    reasons: trainingReasons(requirements, value),
    reads: [
      'fineTuning.examples',
      'fineTuning.goal',
      'fineTuning.gpuMemoryTight',
      'fineTuning.labelKappa',
      'fineTuning.maxGpus',
      'fineTuning.maxMemoryGb',
      'fineTuning.dataPath',
    ],
    evidence: [
      evidence(
        `${value.gpus} × ${value.gpuId} hold ${(value.memoryBytesPerGpu / 2 ** 30).toFixed(1)} GiB each while training.`,
        'modelled',
        capacityModel,
      ),
      evidence(
        `The machine’s price: ${usd(chosen.fit.usdPerHour)} an hour.`,
        'measured',
        chosen.fit.offer.prices[0]?.sources[0] ?? reference,
      ),
    ],
    parameters: {
      method: value.method,
      stage: value.stage,
      baseModel: value.baseModelId,
      ...(value.teacherModelId ? { teacherModel: value.teacherModelId } : {}),
      ...(value.rank === undefined ? {} : { rank: value.rank }),
      learningRate: value.learningRate,
      gradientAccumulationSteps: value.gradientAccumulationSteps,
      heldOutShare: value.heldOutShare,
      evaluateEverySteps: value.evaluateEverySteps,
      earlyStoppingPatience: value.earlyStoppingPatience,
      instanceType: value.instanceType,
      gpus: value.gpus,
      gpuHoursPerRun: Math.round(value.gpuHoursPerRun * 10) / 10,
      usdPerRun: Math.round(value.usdPerRun * 100) / 100,
      libraries: [...value.libraries],
      gates: value.gates.map((gate) => gate.rule),
    },
    consequences: [
      `One run takes ${value.gpuHoursPerRun.toFixed(1)} GPU hours and ${usd(value.usdPerRun)}.`,
      'Data gates run before training; a failed gate stops the job.',
      'The adapter is promoted only through the evaluation gate.',
    ],
    effort: 'One to two weeks a first run with data gates; a day a later one.',
    risk: 'Forgetting and overfit; ten per cent is held out and three evaluations without improvement stop the run.',
    reversal: 'Route back to the base model: adapters are separate artefacts.',
    migration: 'A new base model means training again on the same gated data; the adapter does not carry over.',
  });
  return ok({ value, costLines: [trainingLine(value, chosen.fit)], record });
}

function methodRuling({ fineTuning }: Requirements): Ruling<Method> {
  const examples = fineTuning.examples ?? 0;
  const stageRow = fineTuning.goal === 'preference' || fineTuning.goal === 'reasoning' ? 'D6.5' : 'D6.4';
  const rule = (row: string, admits: readonly Method[], because: string): Ruling<Method> => ({
    rows: [row, stageRow, 'D6.7', 'D6.8'],
    admits,
    because,
    ranking: 'order',
  });
  if (examples > manyExamples)
    return rule('D6.3', ['full', 'lora', 'qlora'], `${count(examples)} examples are worth a full adaptation.`);
  if (examples >= fewExamples)
    return rule(
      'D6.6',
      ['lora', 'qlora'],
      `${count(examples)} examples: LoRA of rank 64, with the full fine-tune priced beside it.`,
    );
  return fineTuning.gpuMemoryTight
    ? rule('D6.2', ['qlora'], `${count(examples)} examples and tight GPU memory.`)
    : rule('D6.1', ['lora', 'qlora'], `${count(examples)} examples and fast iteration.`);
}

interface PricedMethod {
  readonly method: Method;
  readonly run: TrainingRun;
  readonly fit: MachineFit | undefined;
  readonly option: Option<Method>;
}

function priceMethod(
  method: Method,
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  offers: readonly Offer[],
): PricedMethod {
  const run = trainingRun(method, requirements);
  const { maxGpus, maxMemoryGb } = requirements.fineTuning;
  const every = offers.flatMap((offer) => machineFits(offer, catalog, model, run, Math.max(maxGpus, 64)));
  const allowed = every.filter((fit) => fit.gpus <= maxGpus && trainingHostMemoryGb(model, fit.gpus) <= maxMemoryGb);
  const cheapest = (fits: readonly MachineFit[]) =>
    fits.toSorted((a, b) => a.usdPerRun - b.usdPerRun || (a.offer.instanceType < b.offer.instanceType ? -1 : 1))[0];
  const fit = cheapest(allowed);
  const outside = cheapest(every);
  const unmet: readonly Reason[] = fit
    ? []
    : outside
      ? quotaProblems(
          { gpus: outside.gpus, memoryGb: trainingHostMemoryGb(model, outside.gpus) },
          { maxGpus, maxMemoryGb },
        )
      : [
          {
            path: 'limit.gpu-memory',
            asked: `${method} of ${model.id}`,
            found: 'no machine of the offers holds it',
            change: 'Take a lighter method or a smaller model.',
          },
        ];
  return {
    method,
    run,
    fit,
    option: {
      id: method,
      title: titles[method],
      pros: prosOf[method],
      cons: consOf[method],
      unmet,
      rows: rowsOfMethod[method],
      ...(fit ? { usdPerMonth: fit.usdPerRun } : {}),
    },
  };
}

function fineTuningValue(
  requirements: Requirements,
  base: Model,
  named: Model,
  chosen: PricedMethod,
  fit: MachineFit,
  distils: boolean,
): FineTuningChoice {
  const { run, method } = chosen;
  const steps = Math.max(1, Math.floor((run.examples * run.epochs) / effectiveBatch));
  return {
    method,
    stage: run.stage,
    baseModelId: base.id,
    ...(method === 'full' ? {} : { rank: run.rank }),
    learningRate: method === 'full' ? 2e-5 : 2e-4,
    epochs: run.epochs,
    sequenceTokens: run.sequenceTokens,
    perDeviceBatchSize: run.batch,
    gradientAccumulationSteps: Math.max(1, Math.round(effectiveBatch / (fit.gpus * run.batch))),
    heldOutShare: 0.1,
    evaluateEverySteps: Math.min(500, Math.max(200, Math.round(steps / 10))),
    earlyStoppingPatience: 3,
    gpuId: fit.gpuId,
    gpus: fit.gpus,
    instanceType: fit.offer.instanceType,
    memoryBytesPerGpu: fit.memoryBytesPerGpu,
    gpuHoursPerRun: fit.gpuHours,
    usdPerRun: fit.usdPerRun,
    libraries: librariesOf[method],
    gates: dataGates(requirements),
    ...(distils ? { teacherModelId: named.id } : {}),
  };
}

/** D6.8: what must hold before a training job starts. */
function dataGates({ fineTuning, compliance }: Requirements): FineTuningChoice['gates'] {
  return [
    { id: 'duplicates', rule: 'MinHash duplicates below 1%', threshold: 0.01 },
    { id: 'chat-template', rule: 'one chat template in all examples', threshold: 1 },
    ...(compliance.dataMayLeave
      ? [{ id: 'personal-data', rule: 'no personal data when data leaves the trust boundary', threshold: 0 }]
      : []),
    ...(fineTuning.goal === 'classification-extraction'
      ? [{ id: 'kappa', rule: 'Cohen’s kappa above 0.8', threshold: 0.8 }]
      : []),
  ];
}

/** D1.4: the largest model of the family at least three times smaller. */
function studentOf(catalog: Catalog, model: Model): Model | undefined {
  return catalog.models
    .filter(
      (row) => row.kind === 'chat' && row.family === model.family && row.parameters * studentRatio <= model.parameters,
    )
    .toSorted((a, b) => b.parameters - a.parameters || (a.id < b.id ? -1 : 1))[0];
}

function trainingReasons(requirements: Requirements, value: FineTuningChoice): readonly string[] {
  const { labelKappa, goal } = requirements.fineTuning;
  const low = goal === 'classification-extraction' && labelKappa !== undefined && labelKappa <= 0.8;
  return [
    value.stage === 'sft'
      ? 'D6.4: supervised fine-tuning with the model’s chat template.'
      : `D6.5: ${value.stage === 'dpo' ? 'preferences are aligned with DPO' : 'reasoning is trained with GRPO'}.`,
    `D6.7: ${value.rank === undefined ? '' : `rank ${value.rank}, `}learning rate ${value.learningRate}, ${value.gradientAccumulationSteps} accumulation steps, ${value.heldOutShare * 100}% held out.`,
    ...(value.teacherModelId ? [`D1.4: ${value.teacherModelId} labels offline for ${value.baseModelId}.`] : []),
    ...(low ? [`D6.8: kappa ${labelKappa} is not above 0.8; the gate stops the job until labels agree.`] : []),
  ];
}

function trainingLine(value: FineTuningChoice, fit: MachineFit): CostLine {
  return {
    id: 'training.run',
    title: `One training run on ${value.instanceType}`,
    group: 'serving',
    quantity: 1,
    unit: 'run/month',
    usdPerUnit: value.usdPerRun,
    usdPerMonth: { minimum: 0, expected: value.usdPerRun, maximum: value.usdPerRun * 2 },
    basis: 'modelled',
    source: fit.offer.prices[0]?.sources[0] ?? reference,
  };
}

const rowsOfMethod: Record<Method, readonly string[]> = {
  lora: ['D6.1', 'D6.6'],
  qlora: ['D6.2'],
  full: ['D6.3'],
};

const titles: Record<Method, string> = {
  lora: 'LoRA adapter',
  qlora: 'QLoRA adapter on a 4-bit base',
  full: 'Full fine-tune, ZeRO-3',
};

const librariesOf: Record<Method, readonly string[]> = {
  lora: ['peft', 'trl'],
  qlora: ['peft', 'bitsandbytes', 'trl'],
  full: ['accelerate', 'deepspeed', 'trl'],
};

const prosOf: Record<Method, readonly string[]> = {
  lora: ['Megabytes an adapter: many can share one base.', 'Trains in hours.'],
  qlora: ['Fits where the 16-bit base does not.'],
  full: ['Adapts every weight: worth it with much data.'],
};

const consOf: Record<Method, readonly string[]> = {
  lora: ['Less room to learn than a full fine-tune.'],
  qlora: ['Slower steps, and a little loss from the 4-bit base.'],
  full: ['Sixteen bytes a parameter while training.', 'A whole checkpoint a version.'],
};
