import type { Model } from '../catalog/model.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { Adaptation } from './decided.ts';
import { count, evidence, type Option, type Ruling, recordOf, reference, settle } from './decision.ts';
import type { Decision } from './record.ts';

const manyDocuments = 100_000;
const minimumKappa = 0.8;
const minimumExamples = 500;
/** A student pays for its evaluation and its second model only when many requests share the saving. */
const highVolumeRequestsPerMonth = 5_000_000;

/** D1: how the model learns what it must know. */
export function chooseAdaptation(
  requirements: Requirements,
  requestsPerMonth: number,
  model: Model | undefined,
): Outcome<{ readonly value: Adaptation; readonly record: Decision }> {
  const settled = settle(
    'D1',
    requirements.pins,
    adaptationOptions(requirements, model),
    adaptationRuling(requirements, requestsPerMonth),
  );
  if (!settled.ok) return settled;
  const record = recordOf(requirements, settled.value, {
    id: 'D1',
    title: 'Adaptation',
    question: 'Prompting, retrieval, fine-tuning or distillation?',
    reasons: dataQualityReasons(requirements),
    reads: [
      'retrieval.needed',
      'retrieval.updates',
      'retrieval.corpus.documents',
      'fineTuning.needed',
      'fineTuning.narrowTask',
      'fineTuning.examples',
      'fineTuning.labelKappa',
      'fineTuning.promptingFails',
    ],
    evidence: [
      evidence(
        `High volume starts at ${count(highVolumeRequestsPerMonth)} requests a month; these answers give ${count(requestsPerMonth)}.`,
        'assumed',
        reference,
      ),
    ],
    parameters: { requestsPerMonth: Math.round(requestsPerMonth), promotionGate: 'evaluation' },
    consequences: consequences[settled.value.choice],
    effort: efforts[settled.value.choice],
    risk: risks[settled.value.choice],
    reversal: 'Change the fine-tuning or retrieval answers and generate again; prompts and the base model stay.',
    migration: 'The gateway moves traffic by weight from the old route to the new one after the evaluation gate.',
  });
  return ok({ value: settled.value.choice, record });
}

/** Labels good enough to train on: enough of them, and people agree on them where the task is classification. */
function hasGoodLabels({ fineTuning }: Requirements): boolean {
  const needsKappa = fineTuning.goal === 'classification-extraction';
  const kappaHolds = fineTuning.labelKappa === undefined ? !needsKappa : fineTuning.labelKappa > minimumKappa;
  return (fineTuning.examples ?? 0) >= minimumExamples && kappaHolds;
}

function adaptationRuling(requirements: Requirements, requestsPerMonth: number): Ruling<Adaptation> {
  const { fineTuning, retrieval } = requirements;
  const documents = retrieval.corpus?.documents ?? 0;
  const changing = retrieval.updates === 'daily' || retrieval.updates === 'real-time';
  const trains =
    fineTuning.needed && (fineTuning.promptingFails || (fineTuning.narrowTask && hasGoodLabels(requirements)));
  const trainingRow = fineTuning.narrowTask && hasGoodLabels(requirements) ? 'D1.2' : 'D1.3';
  if (retrieval.needed) {
    const byRow = changing || documents > manyDocuments;
    const because = changing
      ? 'knowledge changes often, so it stays outside the weights.'
      : documents > manyDocuments
        ? `${count(documents)} documents are more than a prompt or a training run can hold.`
        : 'the answers ask for retrieval; few-shot prompts take their context from it.';
    return {
      rows: [byRow ? 'D1.1' : 'D1.3', ...(trains ? [trainingRow] : [])],
      admits: [trains ? 'retrieval-and-fine-tuning' : 'retrieval'],
      because: trains ? `${because} Fine-tuning shapes the answers beside it.` : because,
      ranking: 'order',
    };
  }
  if (
    fineTuning.needed &&
    fineTuning.narrowTask &&
    requestsPerMonth >= highVolumeRequestsPerMonth &&
    hasGoodLabels(requirements)
  ) {
    return {
      rows: ['D1.4', 'D1.2'],
      admits: ['distillation', 'fine-tuning'],
      because: `a narrow task at ${count(requestsPerMonth)} requests a month pays for a smaller student, promoted only through the evaluation gate.`,
      ranking: 'order',
    };
  }
  if (fineTuning.needed && fineTuning.narrowTask && hasGoodLabels(requirements)) {
    return {
      rows: ['D1.2'],
      admits: ['fine-tuning'],
      because: `${count(fineTuning.examples ?? 0)} good labels on a narrow task let a smaller model do it.`,
      ranking: 'order',
    };
  }
  if (fineTuning.needed && fineTuning.promptingFails) {
    return { rows: ['D1.3'], admits: ['fine-tuning'], because: 'prompting was measured and fails.', ranking: 'order' };
  }
  const because = fineTuning.needed
    ? 'there is no evidence yet that prompting fails, and the labels do not make the narrow case; few-shot comes first.'
    : 'nothing asks for more than few-shot prompting.';
  return { rows: ['D1.3'], admits: ['prompting'], because, ranking: 'order' };
}

function adaptationOptions(requirements: Requirements, model: Model | undefined): readonly Option<Adaptation>[] {
  const { retrieval, fineTuning } = requirements;
  const noCorpus = retrieval.needed
    ? []
    : [
        {
          path: 'retrieval.needed',
          asked: 'retrieval',
          found: 'no corpus in the answers',
          change: 'Answer retrieval.needed with true and describe the corpus.',
        },
      ];
  const noData = fineTuning.examples
    ? []
    : [
        {
          path: 'fineTuning.examples',
          asked: 'training',
          found: 'no data set in the answers',
          change: 'Say how many labelled examples there are.',
        },
      ];
  const noWeights = model
    ? []
    : [
        {
          path: 'model.id',
          asked: 'training',
          found: 'no open-weight model to train',
          change: 'Name an open-weight model.',
        },
      ];
  const training = [...noData, ...noWeights];
  return [
    {
      id: 'prompting',
      title: 'Few-shot prompting',
      pros: ['Nothing to train or to index.', 'Changed in minutes, and tested as prompts are.'],
      cons: ['Knows only what fits the context.', 'Examples cost input tokens on every request.'],
      unmet: retrieval.needed
        ? [
            {
              path: 'retrieval.needed',
              asked: 'answers from your documents',
              found: 'prompting alone reads none',
              change: 'Answer retrieval.needed with false.',
            },
          ]
        : [],
    },
    {
      id: 'retrieval',
      title: 'Retrieval pipeline',
      pros: ['Sources can be shown and updated without training.', 'Access rights can follow the document.'],
      cons: ['Adds embedding, a store and ingestion.', 'Adds latency and input tokens to every request.'],
      unmet: noCorpus,
    },
    {
      id: 'fine-tuning',
      title: 'Fine-tune a smaller model',
      pros: ['Shorter prompts and a smaller model at equal quality on the task.'],
      cons: ['Needs labels, a training run and an evaluation for each change.'],
      unmet: [...training, ...(retrieval.needed ? [keepsCorpus] : [])],
    },
    {
      id: 'retrieval-and-fine-tuning',
      title: 'Retrieval with a fine-tuned model',
      pros: ['Knowledge stays fresh while form and tone are trained.'],
      cons: ['Both pipelines must be run and evaluated.'],
      unmet: [...noCorpus, ...training],
    },
    {
      id: 'distillation',
      title: 'Distil into a smaller student',
      pros: ['Lowest cost a request at high volume.'],
      cons: ['The teacher’s errors are learnt too.', 'Promoted only through the evaluation gate.'],
      unmet: [...training, ...(retrieval.needed ? [keepsCorpus] : [])],
    },
  ];
}

const keepsCorpus = {
  path: 'retrieval.needed',
  asked: 'answers from your documents',
  found: 'weights alone carry no sources',
  change: 'Combine it with retrieval, or answer retrieval.needed with false.',
};

function dataQualityReasons(requirements: Requirements): readonly string[] {
  const { fineTuning } = requirements;
  if (!fineTuning.needed || fineTuning.labelKappa === undefined) return [];
  const verdict = fineTuning.labelKappa > minimumKappa ? 'is above' : 'is not above';
  return [`Label agreement (kappa ${fineTuning.labelKappa}) ${verdict} the ${minimumKappa} a training set needs.`];
}

const consequences: Record<Adaptation, readonly string[]> = {
  prompting: ['Prompts are versioned and tested; fine-tuning waits for evidence from the evaluation set.'],
  retrieval: [
    'An embedding server, a vector store and ingestion are raised.',
    'Retrieval quality is evaluated apart from generation.',
  ],
  'fine-tuning': ['Data gates, a training job and an adapter registry are raised.'],
  'retrieval-and-fine-tuning': ['Both retrieval and training are raised; each has its own evaluation gate.'],
  distillation: ['A teacher labels offline; the student replaces it only after the evaluation gate.'],
};

const efforts: Record<Adaptation, string> = {
  prompting: 'Days: prompts and an evaluation set.',
  retrieval: 'One to three weeks: corpus clean-up, ingestion, retrieval evaluation.',
  'fine-tuning': 'Two to four weeks: data gates, training runs, evaluation.',
  'retrieval-and-fine-tuning': 'Four to six weeks: both pipelines.',
  distillation: 'Four to eight weeks: teacher labels, student, evaluation and promotion.',
};

const risks: Record<Adaptation, string> = {
  prompting: 'Quality may stop short of the goal; the evaluation set shows it.',
  retrieval: 'Answers are as good as what is found; recall is measured first.',
  'fine-tuning': 'The tuned model forgets what was not in the data; the evaluation gate covers general skills too.',
  'retrieval-and-fine-tuning': 'Two causes for each bad answer; traces tell them apart.',
  distillation: 'The student fails outside the narrow task; the route keeps the large model for the rest.',
};
