import type { FixedCostInputs } from '../../../../lib/catalog/products.ts';
import { assumed } from './assumptions.ts';
import { type Amount, flat, plus, scaled } from './drivers.ts';

const gb = 1e9;

/** What a month of traffic and of standing nodes uses, in natural units; the same for a predicted and a synthesized bill. */
export interface Usage {
  readonly requests: Amount;
  readonly inputTokens: Amount;
  readonly outputTokens: Amount;
  readonly nodes: Amount;
  readonly nodeDiskGiB: Amount;
  readonly logGB: Amount;
  readonly promptLogGB: Amount;
  readonly modelGB: number;
  readonly corpusGB: number;
  readonly documentsPerMonth: number;
  readonly modelReads: Amount;
}

/** Requests a month: nothing at minimum, the mean over the hours in use, the peak held for the same hours. */
function requestsOf(requirements: FixedCostInputs['requirements']): Amount {
  const { throughput } = requirements;
  if (throughput.pattern === 'batch') {
    return flat((throughput.batch?.requestsPerRun ?? 0) * (throughput.batch?.runsPerMonth ?? 0));
  }
  const seconds = 3600 * throughput.activeHoursPerMonth;
  const rate = throughput.requestsPerSecond;
  return { minimum: 0, expected: (rate?.expected ?? 0) * seconds, maximum: (rate?.peak ?? 0) * seconds };
}

const updatesPerMonth = { static: 0.05, weekly: 0.2, daily: 1, 'real-time': 3 } as const;

export function usageOf(inputs: FixedCostInputs): Usage {
  const { requirements, platform, models } = inputs;
  const requests = requestsOf(requirements);
  const inputTokens = scaled(requests, requirements.throughput.inputTokens?.mean ?? 0);
  const outputTokens = scaled(requests, requirements.throughput.outputTokens?.mean ?? 0);
  const pools = platform.nodePools;
  const nodes = plus(...pools.map((pool) => pool.nodes));
  const promptBytes = plus(
    scaled(requests, assumed('promptEnvelopeBytes')),
    scaled(plus(inputTokens, outputTokens), assumed('bytesPerToken')),
  );
  const corpus = requirements.retrieval.corpus;
  const modelGB = models.reduce((sum, model) => sum + model.weightBytes, 0) / gb;
  return {
    requests,
    inputTokens,
    outputTokens,
    nodes,
    nodeDiskGiB: plus(...pools.map((pool) => scaled(pool.nodes, pool.diskGiB))),
    logGB: plus(
      flat(assumed('controlPlaneLogGB')),
      scaled(nodes, assumed('logGBPerNode')),
      scaled(requests, assumed('flowLogBytesPerRequest') / gb),
    ),
    promptLogGB: inputs.audit.promptLog ? scaled(promptBytes, assumed('promptCompression') / gb) : flat(0),
    modelGB: modelGB * assumed('modelRevisionsKept'),
    corpusGB: requirements.retrieval.needed ? (corpus?.gigabytes ?? 0) * assumed('corpusVersionsKept') : 0,
    documentsPerMonth: requirements.retrieval.needed
      ? (corpus?.documents ?? 0) * updatesPerMonth[requirements.retrieval.updates ?? 'static']
      : 0,
    modelReads: scaled(
      plus(...pools.filter((pool) => pool.gpusPerNode > 0).map((pool) => pool.nodes)),
      (assumed('nodeStartsPerMonth') * modelGB * gb) / assumed('readPartBytes'),
    ),
  };
}

/** Months of records at rest: one at minimum, the first year at expected, the whole retention at maximum. */
export function stored(perMonth: Amount, retentionDays: number): Amount {
  const months = retentionDays / 30.4;
  return {
    minimum: perMonth.minimum * Math.min(1, months),
    expected: perMonth.expected * Math.min(assumed('monthsStored'), months),
    maximum: perMonth.maximum * months,
  };
}
