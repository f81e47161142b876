import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { type PresetId, presets } from '../../blueprints/presets/index.ts';
import type { VectorStoreId } from '../../blueprints/vector-stores/index.ts';
import { makePlan } from '../../lib/make-plan.ts';
import type { Outcome } from '../../lib/outcome.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import type { Answers, FrameworkId } from '../../lib/requirements/schema.ts';

/** One point of presets × regimes × {new, existing VPC} × {internet, isolated} × operating systems of the nodes, of stores, or of ways nodes come up. */
export interface Case {
  readonly preset: PresetId;
  readonly regime: FrameworkId | 'none';
  readonly vpc: 'new' | 'existing';
  readonly path: 'internet' | 'isolated';
  readonly system: Plan['platform']['nodeOperatingSystem'];
  /** Held by hand instead of what the answers decide (D7). */
  readonly store?: VectorStoreId;
  /** Answered instead of left to the decision (D11). */
  readonly provisioning?: NonNullable<Answers['infrastructure']['provisioning']>;
  /** Outside production machines sleep. */
  readonly environment?: 'staging';
}

export const regimes = [
  'none',
  'eu-ai-act',
  'fedramp-moderate',
  'gdpr',
  'hipaa',
  'iso27001',
  'pci-dss',
  'soc2',
] as const satisfies readonly Case['regime'][];

/** Presets that raise something on AWS. */
export const awsPresets = (Object.keys(presets) as PresetId[]).filter(
  (id) => presets[id].answers.infrastructure.cloud === 'aws',
);

export function caseName({ preset, regime, vpc, path, system, store, provisioning, environment }: Case): string {
  return [preset, regime, vpc, path, system, store, provisioning, environment]
    .filter((part) => part !== undefined)
    .join('--');
}

/**
 * Answers that contradict each other, and are refused for it: a hosted model behind no internet path, and an operating
 * system without a validated module under the regime that asks for one.
 */
export function isRefused({ preset, path, regime, system }: Case): boolean {
  return (
    (preset === 'hosted-with-fallback' && path === 'isolated') || (regime === 'fedramp-moderate' && system === 'al2023')
  );
}

/** Every combination. */
export function allCases(): readonly Case[] {
  return awsPresets.flatMap((preset) =>
    regimes.flatMap((regime) =>
      (['new', 'existing'] as const).flatMap((vpc) =>
        (['internet', 'isolated'] as const).flatMap((path) =>
          (['bottlerocket', 'al2023'] as const).map((system) => ({ preset, regime, vpc, path, system })),
        ),
      ),
    ),
  );
}

/** Each store AWS raises or leads to, in each kind of network; the regime is one the store may serve. */
export function storeCases(): readonly Case[] {
  const regimeOf = { opensearch: 'iso27001', pgvector: 'hipaa', pinecone: 'none', 's3-vectors': 'gdpr' } as const;
  return (['opensearch', 'opensearch-serverless', 'pgvector', 'pinecone', 's3-vectors'] as const).flatMap((store) =>
    (['new', 'existing'] as const).flatMap((vpc) =>
      (['internet', 'isolated'] as const).map((path) => ({
        preset: 'support-chat-rag' as const,
        regime: store === 'opensearch-serverless' ? 'fedramp-moderate' : regimeOf[store],
        vpc,
        path,
        system: 'bottlerocket' as const,
        store,
      })),
    ),
  );
}

/** Each way nodes come up, awake and asleep at night, on each system it can run, with and without an internet path. */
export function nodeCases(): readonly Case[] {
  const places = [
    { regime: 'soc2', vpc: 'new', path: 'internet' },
    { regime: 'hipaa', vpc: 'existing', path: 'isolated', environment: 'staging' },
  ] as const;
  return (['managed-node-groups', 'karpenter', 'auto-mode'] as const).flatMap((provisioning) =>
    (['bottlerocket', 'al2023'] as const)
      .filter((system) => provisioning !== 'auto-mode' || system === 'bottlerocket')
      .flatMap((system) =>
        places.map((place) => ({ preset: 'hipaa-document-assistant' as const, ...place, system, provisioning })),
      ),
  );
}

const pairsOf = (row: Case): readonly string[] => {
  const values = Object.entries(row).map(([key, value]) => `${key}=${value}`);
  return values.flatMap((left, at) => values.slice(at + 1).map((right) => `${left}&${right}`));
};

/** A short list in which every pair of values meets at least once: greedy, and the same every time. */
export function pairwiseCases(): readonly Case[] {
  const left = new Set(allCases().flatMap(pairsOf));
  const chosen: Case[] = [];
  while (left.size > 0) {
    let best: Case | undefined;
    let most = 0;
    for (const row of allCases()) {
      const gain = pairsOf(row).filter((pair) => left.has(pair)).length;
      if (gain > most) [best, most] = [row, gain];
    }
    if (!best) break;
    chosen.push(best);
    for (const pair of pairsOf(best)) left.delete(pair);
  }
  return chosen;
}

const existingNetwork = (region: string) => ({
  vpcId: 'vpc-0123456789abcdef0',
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
  availabilityZones: [`${region}a`, `${region}b`, `${region}c`],
});

/** The isolated federal cases stand in the government partition. */
const isGovernment = (row: Case) => row.regime === 'fedramp-moderate' && row.path === 'isolated';

function regionsFor(row: Case, answered: readonly string[] = []): string[] {
  if (isGovernment(row)) return ['us-gov-west-1', 'us-gov-east-1'];
  return row.regime === 'fedramp-moderate' ? ['us-east-1', 'us-west-2'] : [...answered];
}

/** Regimes that the answers must fit: personal data where the regime is about it, a log where it asks for one. */
function regimeAnswers(row: Case, compliance: Answers['compliance']): Partial<Answers['compliance']> {
  const retentionDays = compliance.auditLog.retentionDays ?? 90;
  const logged = { auditLog: { required: true, retentionDays } };
  if (row.regime === 'hipaa' || row.regime === 'pci-dss') return { pii: 'sensitive', dataMayLeave: false, ...logged };
  if (row.regime === 'fedramp-moderate') return { residency: isGovernment(row) ? 'us-gov' : 'us', ...logged };
  return {};
}

/** The preset's answers turned to the case; the ceiling is lifted, for it is not what these checks are about. */
export function answersFor(row: Case): Answers {
  const answers = presets[row.preset].answers;
  const regions = regionsFor(row, answers.infrastructure.regions);
  const selfHosted = row.regime === 'hipaa' || row.regime === 'pci-dss' || row.regime === 'fedramp-moderate';
  const { hostedId: _hosted, ...model } = answers.model;
  return {
    ...answers,
    ...(selfHosted && { model: { ...model, class: 'open-weight' as const } }),
    compliance: {
      ...answers.compliance,
      frameworks: row.regime === 'none' ? [] : [row.regime],
      ...regimeAnswers(row, answers.compliance),
      ...(row.store === 'pinecone' && { dataMayLeave: true }),
    },
    operations: { ...answers.operations, ...(row.environment && { environment: row.environment }) },
    ...(row.store && { pins: { D7: { choice: row.store, reason: 'the store this case is about' } } }),
    infrastructure: {
      ...answers.infrastructure,
      regions,
      isolated: row.path === 'isolated',
      nodeOperatingSystem: row.system,
      ...(row.provisioning && { provisioning: row.provisioning }),
      costCeilingUsdPerMonth: 3 * answers.infrastructure.costCeilingUsdPerMonth,
      existing: {
        ...answers.infrastructure.existing,
        ...(row.vpc === 'existing' && existingNetwork(regions[0] ?? 'us-east-1')),
      },
    },
  };
}

/** The plan of a case; refused where the answers contradict each other (a hosted model behind no internet path). */
export function planFor(row: Case): Outcome<Plan> {
  return makePlan(answersFor(row), loadCatalog(products));
}
