import type { Catalog } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { ModelServerFacts, ModelServerUse } from '../catalog/products.ts';
import { type Outcome, ok } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { count, evidence, type Option, type Ruling, recordOf, settle } from './decision.ts';
import type { Decision } from './record.ts';

/** Contexts above this are prefilled in chunks beside decoding (D3.1, D5.5). */
export const chunkedPrefillAboveTokens = 16_384;

/** D3: the engine that serves the open-weight model. Which product a row admits is said by the product's own facts. */
export function chooseModelServer(
  requirements: Requirements,
  catalog: Catalog,
  use: ModelServerUse,
): Outcome<{ readonly server: string; readonly facts: ModelServerFacts; readonly record: Decision }> {
  const servers = catalog.products.modelServers;
  const options = Object.entries(servers).map(
    ([id, facts]): Option => ({
      id,
      title: facts.title,
      pros: facts.pros,
      cons: facts.cons,
      unmet: facts.unmet(use),
      rows: facts.rows,
    }),
  );
  const settled = settle('D3', requirements.pins, options, serverRuling(requirements, servers, use));
  if (!settled.ok) return settled;
  const server = settled.value.choice;
  const facts = servers[server];
  if (!facts) throw new Error(`no model server ${server}`);
  const chunked = requirements.model.maxContextTokens > chunkedPrefillAboveTokens;
  const record = recordOf(requirements, settled.value, {
    id: 'D3',
    title: 'Model server',
    question: 'Which engine serves the model?',
    reasons: chunked
      ? [`Contexts up to ${count(requirements.model.maxContextTokens)} tokens are prefilled in chunks.`]
      : [],
    reads: [
      'throughput.pattern',
      'operations.environment',
      'infrastructure.cpuOnly',
      'infrastructure.existing.triton',
      'infrastructure.existing.huggingFace',
      'infrastructure.workloadsBesideLlm',
      'model.maxContextTokens',
    ],
    evidence: facts.sources.map((source) =>
      evidence(source.note ?? `Facts of ${facts.title} ${facts.version}.`, 'measured', source),
    ),
    parameters: {
      version: facts.version,
      chunkedPrefill: chunked ? 'asked for' : 'as the server has it',
      continuousBatching: true,
    },
    consequences: [
      `${facts.title} ${facts.version} is pinned by digest; its metric names feed alerts and autoscaling.`,
    ],
    effort: 'Hours: the manifests are generated; the load test tells whether the prediction holds.',
    risk: facts.cons[0],
    reversal: facts.reversal,
    migration: 'Both servers speak the OpenAI protocol: run the new one beside the old, move weight at the gateway.',
  });
  return ok({ server, facts, record });
}

/** Whether the server the rows name serves this model only as GGUF; asked before D4, which needs the answer. */
export function serverReadsOnlyGguf(requirements: Requirements, catalog: Catalog, model: Model): boolean {
  const servers = catalog.products.modelServers;
  const use = (precision: string): ModelServerUse => ({
    model,
    multiUser: requirements.throughput.pattern === 'interactive',
    cpuOnly: requirements.infrastructure.cpuOnly,
    precision,
    vendor: 'nvidia',
  });
  const named = requirements.pins.D3?.choice ?? serverRuling(requirements, servers, use('bf16')).admits[0];
  const facts = named === undefined ? undefined : servers[named];
  return facts !== undefined && facts.unmet(use('bf16')).length > 0 && facts.unmet(use('gguf')).length === 0;
}

function serverRuling(
  requirements: Requirements,
  servers: Readonly<Record<string, ModelServerFacts>>,
  use: ModelServerUse,
): Ruling {
  const { infrastructure, operations, throughput } = requirements;
  const named = (row: string) =>
    Object.keys(servers)
      .filter((id) => servers[id]?.rows.includes(row))
      .toSorted();
  const rule = (row: string, because: string): Ruling => ({
    rows: [row],
    admits: named(row),
    because,
    ranking: 'order',
  });
  if (infrastructure.cpuOnly) return rule('D3.5', 'there is no GPU: CPU only.');
  if (infrastructure.existing.triton) return rule('D3.3', 'pipelines and ensembles already run there.');
  if (infrastructure.workloadsBesideLlm.length > 0)
    return rule('D3.3', `${infrastructure.workloadsBesideLlm.join(' and ')} models are served beside the LLM.`);
  const development = operations.environment === 'homelab' || operations.environment === 'dev';
  if (throughput.pattern === 'single-user' && development)
    return rule('D3.4', 'one user in development; never multi-user production traffic.');
  if (infrastructure.existing.huggingFace) return rule('D3.2', 'the estate already runs it.');
  const standard = named('D3.1');
  const lacksModel = standard.every((id) => (servers[id]?.unmet(use).length ?? 0) > 0);
  if (lacksModel && named('D3.2').length > 0)
    return { ...rule('D3.2', 'the default server cannot serve this model.'), rows: ['D3.2', 'D3.1'] };
  return rule('D3.1', 'an open-weight model at throughput; the default.');
}

/** Embedding and reranking models run on the default server, on processors on that of row D3.5; first by id. */
export function serversOfHelpers(catalog: Catalog): { readonly gpu: string; readonly cpu: string } {
  const servers = catalog.products.modelServers;
  const named = (row: string) =>
    Object.keys(servers)
      .toSorted()
      .find((id) => servers[id]?.rows.includes(row));
  const gpu = named('D3.1');
  const cpu = named('D3.5') ?? gpu;
  if (gpu === undefined || cpu === undefined) throw new Error('the catalogue has no server of row D3.1');
  return { gpu, cpu };
}
