import type { CapacityPlan, ServingRequirement, SizingResult } from '../capacity/types.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { findModel } from '../catalog/find.ts';
import type { Model } from '../catalog/model.ts';
import type { CostLine } from '../catalog/products.ts';
import { infeasible, type Outcome, ok, type Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { chooseAdaptation } from './adaptation.ts';
import { chooseApplication } from './application.ts';
import { allowedKvPrecisions, chooseBatching } from './batching.ts';
import type {
  BatchingChoice,
  Decided,
  Hosting,
  ProvisioningChoice,
  RetrievalChoice,
  RoutingChoice,
  ServedChoice,
} from './decided.ts';
import { chooseFineTuning, trains } from './fine-tuning.ts';
import { chooseGateway } from './gateway.ts';
import { chooseHosting } from './hosting.ts';
import { shortfallReasons } from './hosting-limits.ts';
import { chooseModelServer, serverReadsOnlyGguf } from './model-server.ts';
import { usableRegions } from './places.ts';
import { chooseProvisioning } from './provisioning.ts';
import { chooseQuantization } from './quantization.ts';
import { quantizationFacts } from './quantization-facts.ts';
import { allowedPrecisions, quantizationRange } from './quantization-range.ts';
import type { Decision } from './record.ts';
import { type RetrievalDecider, retrievalDecider } from './retrieval-and-store.ts';
import { embeddingRoute } from './routes.ts';
import { chooseRouting } from './routing.ts';
import { skippedSafeguards } from './safeguards.ts';
import { offersFor, servingRequirement } from './serving-requirement.ts';
import { monthlyVolume } from './volume.ts';
import { withNeighbours } from './would-change.ts';

export type SizeServing = (requirement: ServingRequirement, catalog: Catalog) => SizingResult;

/** USD a month of everything but the chat model's machines, at its largest: the sizer gets what the ceiling leaves. */
export type ReserveUsdPerMonth = (
  requirements: Requirements,
  region: string,
  chat: Model,
  beside: Pick<Decided, 'served' | 'vectorStore' | 'costLines'>,
  catalog: Catalog,
) => number;

/** USD a month of the machines of every pool at their on-demand price, for D11's fees. */
export type MachinesListUsdPerMonth = (
  requirements: Requirements,
  kind: ProvisioningChoice['kind'],
  placed: Pick<Decided, 'region' | 'served' | 'vectorStore' | 'sizing'>,
  catalog: Catalog,
) => number;

/**
 * D1 to D11 in order. The sizer is called once, before D2, with every precision the tolerance allows; each decision
 * reads its candidates. Then the neighbouring answers are decided again on the same sizes, for what would change.
 *
 * @param reserve - the plan's own arithmetic, handed in because decisions stand below the plan
 * @param listUsd - the same, for what a provisioner's fee is a share of
 */
export function decide(
  requirements: Requirements,
  catalog: Catalog,
  size: SizeServing,
  reserve: ReserveUsdPerMonth,
  listUsd: MachinesListUsdPerMonth,
): Outcome<Decided> {
  const retrieve = retrievalDecider(catalog);
  const sizing = sizeOnce(requirements, catalog, size, reserve, retrieve);
  if (!sizing.ok) return sizing;
  const sizedFor = monthlyVolume(requirements).requestsPerMonth;
  const decided = decideWith(requirements, catalog, sizing.value, sizedFor, retrieve, listUsd);
  if (!decided.ok) return decided;
  const [first, ...rest] = unaskedPins(requirements, decided.value);
  if (first) return infeasible([first, ...rest]);
  return ok(
    withNeighbours(decided.value, requirements, (neighbour) =>
      decideWith(neighbour, catalog, sizing.value, sizedFor, retrieve, listUsd),
    ),
  );
}

/** A pin on a decision that these answers never reach would be ignored in silence; it is refused instead. */
function unaskedPins(requirements: Requirements, { records, hosting }: Decided): readonly Reason[] {
  const asked = new Set(records.map((record) => record.id));
  return Object.entries(requirements.pins)
    .filter(([id]) => !asked.has(id))
    .map(([id, pin]) => ({
      path: `pins.${id}.choice`,
      asked: pin.choice,
      found: `${id} is not asked by these answers (hosting is ${hosting})`,
      change: 'Remove the pin, or pin D2 so that it is asked.',
    }));
}

/** The sizer's answer, or undefined where nothing can be served by us on a GPU. */
function sizeOnce(
  requirements: Requirements,
  catalog: Catalog,
  size: SizeServing,
  reserve: ReserveUsdPerMonth,
  retrieve: RetrievalDecider,
): Outcome<SizingResult | undefined> {
  const regions = usableRegions(requirements, catalog);
  if (!regions.ok) return regions;
  const model = openModel(requirements, catalog);
  if (!model || requirements.infrastructure.cpuOnly) return ok(undefined);
  const retrieval = retrieve(requirements, regions.value);
  if (!retrieval.ok) return retrieval;
  const offers = offersFor(requirements, catalog, regions.value);
  const precisions = allowedPrecisions(
    requirements,
    quantizationRange(requirements, catalog, model, offers, serverReadsOnlyGguf(requirements, catalog, model)),
  );
  const { store, served = [], costLines = [] } = retrieval.value ?? {};
  const beside = { served, costLines, ...(store && { vectorStore: store }) };
  const other = reserve(requirements, regions.value[0], model, beside, catalog);
  const kvPrecisions = allowedKvPrecisions(requirements);
  return ok(
    size(servingRequirement(requirements, catalog, model, precisions, kvPrecisions, regions.value, other), catalog),
  );
}

/** Every decision on sizes that are already known. */
function decideWith(
  requirements: Requirements,
  catalog: Catalog,
  sized: SizingResult | undefined,
  sizedFor: number,
  retrieve: RetrievalDecider,
  listUsd: MachinesListUsdPerMonth,
): Outcome<Decided> {
  const records: Decision[] = [];
  const costLines: CostLine[] = [];
  const regions = usableRegions(requirements, catalog);
  if (!regions.ok) return regions;
  const model = openModel(requirements, catalog);
  const volume = monthlyVolume(requirements);

  const adaptation = chooseAdaptation(requirements, volume.requestsPerMonth, model);
  if (!adaptation.ok) return adaptation;
  records.push(adaptation.value.record);

  const hosting = chooseHosting(requirements, catalog, volume, model, sized, sizedFor);
  if (!hosting.ok) return hosting;
  records.push(hosting.value.record);
  costLines.push(...hosting.value.costLines);
  const own = hosting.value.hosting !== 'hosted';
  if (own && sized && !sized.feasible) {
    const [first, ...rest] = shortfallReasons(sized);
    if (!first) throw new Error('sizing found no plan and names no limit');
    return infeasible([first, ...rest]);
  }
  const sizing = own && sized?.feasible ? sized.plan : undefined;

  const serving =
    own && model ? decideServing(requirements, catalog, model, hosting.value.hosting, sizing) : ok(undefined);
  if (!serving.ok) return serving;
  records.push(...(serving.value?.records ?? []));

  const batching = chooseBatching(
    requirements,
    catalog,
    volume,
    hosting.value.hosting,
    model,
    hosting.value.hostedModel,
    sizing,
  );
  if (!batching.ok) return batching;
  records.push(batching.value.record);

  const tuning =
    model && trains(adaptation.value.value)
      ? chooseFineTuning(requirements, catalog, model, adaptation.value.value, regions.value)
      : ok(undefined);
  if (!tuning.ok) return tuning;
  if (tuning.value) {
    records.push(tuning.value.record);
    costLines.push(...tuning.value.costLines);
  }

  const retrieval = retrieve(requirements, regions.value);
  if (!retrieval.ok) return retrieval;
  if (retrieval.value) {
    records.push(...retrieval.value.records);
    costLines.push(...retrieval.value.costLines);
  }

  const application = chooseApplication(requirements);
  if (!application.ok) return application;
  records.push(application.value.record);

  const routing = chooseRouting(
    requirements,
    catalog,
    volume,
    hosting.value.hosting,
    adaptation.value.value,
    hosting.value.hostedModel,
    sizing,
    batching.value.value,
  );
  if (!routing.ok) return routing;
  records.push(routing.value.record);
  costLines.push(...routing.value.costLines);

  const region = sizing?.chosen.region ?? regions.value[0];
  const served = [...(serving.value ? [serving.value.served] : []), ...(retrieval.value?.served ?? [])];
  const placed = {
    region,
    served,
    ...(sizing && { sizing }),
    ...(retrieval.value && { vectorStore: retrieval.value.store }),
  };
  const provisioning = chooseProvisioning(requirements, catalog, sizing, (kind) =>
    listUsd(requirements, kind, placed, catalog),
  );
  if (!provisioning.ok) return provisioning;
  records.push(provisioning.value.record);
  costLines.push(...provisioning.value.costLines);

  const gateway = chooseGateway(
    catalog,
    hosting.value.hosting !== 'self-hosted' || routing.value.value.hostedFallbackUsdPerMonth > 0,
  );
  if (!gateway.ok) return gateway;
  const { breakEven, hostedModel } = hosting.value;
  return ok({
    records,
    adaptation: adaptation.value.value,
    hosting: hosting.value.hosting,
    ...(hostedModel ? { hostedModelId: hostedModel.id } : {}),
    ...(breakEven ? { breakEven } : {}),
    ...(sizing ? { sizing: withCaches(sizing, batching.value.value) } : {}),
    served,
    batching: batching.value.value,
    ...(tuning.value ? { fineTuning: tuning.value.value } : {}),
    ...(retrieval.value ? { vectorStore: retrieval.value.store, retrieval: retrieval.value.retrieval } : {}),
    application: application.value.value,
    routing: withEmbedding(routing.value.value, retrieval.value?.retrieval, catalog),
    provisioning: provisioning.value.value,
    gateway: gateway.value,
    region,
    costLines,
    skippedSafeguards: skippedSafeguards(requirements),
  });
}

/** D3 and D4: server and precision of the model we serve. */
function decideServing(
  requirements: Requirements,
  catalog: Catalog,
  model: Model,
  hosting: Hosting,
  sizing: Decided['sizing'],
): Outcome<{ readonly served: ServedChoice; readonly records: readonly Decision[] }> {
  const regions = usableRegions(requirements, catalog);
  if (!regions.ok) return regions;
  const offers = offersFor(requirements, catalog, regions.value);
  const range = quantizationRange(
    requirements,
    catalog,
    model,
    offers,
    serverReadsOnlyGguf(requirements, catalog, model),
  );
  const quantization = chooseQuantization(requirements, catalog, model, range, sizing);
  if (!quantization.ok) return quantization;
  const { cpuOnly } = requirements.infrastructure;
  const facts = quantizationFacts[quantization.value.choice];
  const server = chooseModelServer(requirements, catalog, {
    model,
    multiUser: requirements.throughput.pattern === 'interactive',
    cpuOnly,
    precision: facts.scheme === 'gguf' ? 'gguf' : facts.precision,
    vendor: catalog.gpus.find((gpu) => gpu.id === sizing?.chosen.gpuId)?.vendor ?? 'nvidia',
  });
  if (!server.ok) return server;
  const weightGiB = (model.parameters * (cpuOnly ? 0.61 : 2)) / 2 ** 30;
  return ok({
    records: [server.value.record, quantization.value.record],
    served: {
      role: hosting === 'self-hosted' ? 'chat' : 'chat-fallback',
      modelId: model.id,
      server: server.value.server,
      precision: facts.scheme === 'gguf' ? 'q4_k_m' : (sizing?.chosen.precision ?? facts.precision),
      kvPrecision: sizing?.chosen.kvPrecision ?? 'bf16',
      placement: cpuOnly ? 'cpu' : 'gpu',
      ...(cpuOnly ? { replicas: { minimum: 1, expected: 1, maximum: 2 } } : {}),
      millicoresPerReplica: cpuOnly ? 8000 : 4000 * (sizing?.chosen.gpusPerReplica ?? 1),
      memoryGiBPerReplica: Math.ceil(cpuOnly ? weightGiB * 1.3 + 4 : Math.min(64, weightGiB * 0.5 + 16)),
      maxModelLen: Math.min(requirements.model.maxContextTokens, model.maxPositionEmbeddings),
    },
  });
}

/** The sized plan with D5's caches in its flags; the sizes stay. */
function withCaches(sizing: CapacityPlan, { prefixCaching, speculative }: BatchingChoice): CapacityPlan {
  const limits = { ...sizing.chosen.limits, prefixCaching, ...(speculative ? { speculative } : {}) };
  return { ...sizing, chosen: { ...sizing.chosen, limits } };
}

/** Adds the route of a hosted embedding model; a served one is a model of the plan already. */
function withEmbedding(
  routing: RoutingChoice,
  retrieval: RetrievalChoice | undefined,
  catalog: Catalog,
): RoutingChoice {
  const model = retrieval?.embeddingHosted
    ? catalog.hostedModels.find((row) => row.id === retrieval.embeddingModelId)
    : undefined;
  if (!retrieval || !model) return routing;
  const milliseconds = retrieval.steps.find((step) => step.id === 'embed')?.milliseconds ?? 100;
  const route = embeddingRoute(model, retrieval.embeddingMaxTokens, milliseconds);
  return { ...routing, routes: [...routing.routes, route] };
}

function openModel(requirements: Requirements, catalog: Catalog): Model | undefined {
  const { id } = requirements.model;
  if (id === undefined) return undefined;
  const model = findModel(catalog, id);
  return model.ok ? model.value : undefined;
}
