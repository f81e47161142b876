import type { Catalog } from '../catalog/catalog.ts';
import type { CostLine } from '../catalog/products.ts';
import type { Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { chunkTokens } from './chunking.ts';
import { corpusShape } from './corpus.ts';
import { count, type Option, type Ruling } from './decision.ts';
import { embeddingModels, type RetrievalModelFacts } from './embedding-models.ts';
import { type HelperMachines, type HelperProducts, type HelperServer, helperServer } from './helper-servers.ts';
import type { Volume } from './volume.ts';

const slowestEmbeddingMs = 60;

export const queryTokens = 64;

const hostedEmbeddingMs = 80;

export interface PricedEmbedding {
  readonly facts: RetrievalModelFacts;
  readonly option: Option;
  readonly helper?: HelperServer;
  readonly line?: CostLine;
  readonly milliseconds: number;
}

export function price(
  facts: RetrievalModelFacts,
  requirements: Requirements,
  catalog: Catalog,
  volume: Volume,
  machines: HelperMachines,
  products: HelperProducts,
  peak: number,
): PricedEmbedding {
  const model = catalog.models.find((row) => row.id === facts.id);
  const hostedModel = facts.hosted ? catalog.hostedModels.find((row) => row.id === facts.id) : undefined;
  const known = facts.hosted ? hostedModel !== undefined : model !== undefined;
  const unmet = embeddingLimits(facts, requirements, known);
  const describe = (usdPerMonth?: number): Option => ({
    id: facts.id,
    title: facts.id,
    pros: [
      facts.languages === 'any' ? 'Many languages in one space.' : 'Made for English.',
      facts.hosted ? 'Nothing to run.' : 'Texts stay inside.',
    ],
    cons: [
      `${count(facts.dimension)} dimensions: ${(facts.dimension * 4) / 1024} KiB a vector before its index.`,
      facts.hosted ? 'Every document and query leaves; a retired model means a new index.' : 'A server to run.',
    ],
    unmet,
    ...(facts.row ? { rows: [facts.row] } : {}),
    ...(usdPerMonth === undefined ? {} : { usdPerMonth }),
  });
  if (facts.hosted) {
    const line =
      hostedModel &&
      embeddingLine(facts, hostedModel.inputUsdPerMillionTokens, hostedModel.sources[0], requirements, volume);
    return {
      facts,
      option: describe(line?.usdPerMonth.expected),
      milliseconds: hostedEmbeddingMs,
      ...(line ? { line } : {}),
    };
  }
  if (!model || unmet.length > 0) return { facts, option: describe(), milliseconds: 0 };
  const load = {
    callsPerSecond: peak,
    tokensPerCall: queryTokens,
    allowedMilliseconds: slowestEmbeddingMs,
    bulkTokens: corpusShape(requirements).vectors * chunkTokens,
  };
  const helper = helperServer('embedding', model, load, machines, products, requirements);
  return { facts, option: describe(helper.usdPerMonth), helper, milliseconds: helper.millisecondsPerCall };
}

function embeddingLimits(facts: RetrievalModelFacts, requirements: Requirements, known: boolean): readonly Reason[] {
  const { compliance, infrastructure, application } = requirements;
  const reasons: Reason[] = [];
  if (!known) {
    reasons.push({
      path: 'catalog',
      asked: facts.id,
      found: 'no row in the catalogue',
      change: 'Add its row, or choose another model.',
    });
  }
  if (facts.hosted && !compliance.dataMayLeave) {
    reasons.push({
      path: 'compliance.dataMayLeave',
      asked: 'texts that stay inside',
      found: `${facts.id} receives every text`,
      change: 'Choose an open-weight model.',
    });
  }
  if (facts.hosted && infrastructure.isolated) {
    reasons.push({
      path: 'infrastructure.isolated',
      asked: 'no internet path',
      found: `${facts.id} is reached over one`,
      change: 'Choose an open-weight model.',
    });
  }
  if (facts.hosted && compliance.residency !== 'none') {
    reasons.push({
      path: 'compliance.residency',
      asked: `texts that stay in ${compliance.residency}`,
      found: `${facts.id} names no region`,
      change: 'Choose an open-weight model.',
    });
  }
  if (facts.languages === 'en' && application.languages.some((language) => language !== 'en')) {
    reasons.push({
      path: 'application.languages',
      asked: application.languages.join(', '),
      found: `${facts.id} was trained for English`,
      change: 'Choose a multilingual model.',
    });
  }
  if (facts.maxTokens < chunkTokens) {
    reasons.push({
      path: 'retrieval',
      asked: `chunks of ${chunkTokens} tokens`,
      found: `${facts.id} reads ${facts.maxTokens}`,
      change: 'Choose a model that reads a chunk.',
    });
  }
  return reasons;
}

/** D8.7 settled: hosted where texts may leave, -large for strict quality; else the named open models, else the costed ones. */
export function embeddingRuling(requirements: Requirements): Ruling {
  const { compliance, infrastructure, model } = requirements;
  const grade = model.qualityTolerance === 'strict' ? 'quality' : 'cost';
  const hostedAllowed =
    compliance.dataMayLeave &&
    !infrastructure.isolated &&
    compliance.residency === 'none' &&
    model.class !== 'open-weight';
  const english = requirements.application.languages.every((language) => language === 'en');
  const fits = (facts: RetrievalModelFacts) =>
    facts.hosted === hostedAllowed && (!facts.hosted || facts.grade === grade);
  const named = embeddingModels.filter((facts) => fits(facts) && facts.row && (english || facts.languages === 'any'));
  const current = embeddingModels.filter((facts) => fits(facts) && facts.languages === 'any');
  const because = hostedAllowed
    ? `texts may leave, and ${grade} is asked first.`
    : english
      ? 'texts stay inside and are English; of the two models the row names the cheaper serves, current ones are costed beside them.'
      : `texts stay inside and are not all English; the models the row names are, so the current multilingual ones take their place.`;
  return {
    rows: ['D8.7', 'D8.1'],
    admits: (named.length ? named : current).map((facts) => facts.id),
    because,
    ranking: 'cost',
  };
}

function embeddingLine(
  facts: RetrievalModelFacts,
  usdPerMillionTokens: number,
  source: CostLine['source'],
  requirements: Requirements,
  volume: Volume,
): CostLine {
  const { vectorWritesPerDay } = corpusShape(requirements);
  const tokens = volume.requestsPerMonth * queryTokens + vectorWritesPerDay * 30 * chunkTokens;
  const amount = (tokens / 1e6) * usdPerMillionTokens;
  return {
    id: 'hosted.embedding',
    title: `Embedding tokens of ${facts.id}`,
    group: 'hosted',
    quantity: tokens / 1e6,
    unit: 'million tokens',
    usdPerUnit: usdPerMillionTokens,
    usdPerMonth: { minimum: 0, expected: amount, maximum: amount * 2 },
    basis: 'modelled',
    source,
  };
}
