import type { Catalog } from '../../../../lib/catalog/catalog.ts';
import type { CostLine, FixedCostInputs } from '../../../../lib/catalog/products.ts';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { asList, asText, at, ofType, type StackTemplate, type World, worldOf } from '../nag/world.ts';
import { zonesOfSearchEndpoint } from '../stores/store-endpoint.ts';
import { billOf, type Inventory } from './bill.ts';
import { gapsOf, kindCosts } from './kinds.ts';
import { linesOf, type ManagedMachines } from './lines.ts';
import { nodeLines } from './node-lines.ts';

export interface PricedTemplates {
  readonly lines: readonly CostLine[];
  /** Raised, and priced nowhere. */
  readonly gaps: readonly string[];
  /** Kinds that cost nothing by themselves, with the reason. */
  readonly free: readonly { readonly type: string; readonly because: string }[];
  readonly usdPerMonth: { readonly minimum: number; readonly expected: number; readonly maximum: number };
}

/** The parts of a frozen plan that a bill is computed from. */
export function costInputs(plan: Plan): FixedCostInputs {
  return { ...plan, frameworks: plan.compliance.frameworks };
}

const count = (world: World, ...types: readonly string[]) => ofType(world, ...types).length;

/** What the templates hold, in the same figures the plan predicted. */
export function observedInventory(world: World): Inventory {
  const buckets = ofType(world, 'AWS::S3::Bucket');
  const inStack = (suffix: string) => buckets.filter(({ stackName }) => stackName.endsWith(suffix));
  const named = (...ids: readonly string[]) =>
    buckets.filter(({ logicalId }) => ids.some((id) => logicalId === id)).length;
  const endpoints = ofType(world, 'AWS::EC2::VPCEndpoint', 'AWS::OpenSearchServerless::VpcEndpoint').filter(
    ({ type, properties }) => type !== 'AWS::EC2::VPCEndpoint' || properties.VpcEndpointType === 'Interface',
  );
  const ownPasswords = ofType(world, 'AWS::RDS::DBCluster', 'AWS::RDS::DBInstance').filter(
    ({ properties }) => properties.ManageMasterUserPassword === true,
  );
  return {
    natGateways: count(world, 'AWS::EC2::NatGateway'),
    publicAddresses: count(world, 'AWS::EC2::EIP'),
    endpointInterfaces: endpoints.reduce((sum, { properties }) => sum + asList(properties.SubnetIds).length, 0),
    privateZones: zonesOfSearchEndpoint * count(world, 'AWS::OpenSearchServerless::VpcEndpoint'),
    searchedCollections: count(world, 'AWS::OpenSearchServerless::Collection'),
    flowLogs: count(world, 'AWS::EC2::FlowLog'),
    clusters: count(world, 'AWS::EKS::Cluster'),
    keys: count(world, 'AWS::KMS::Key'),
    secrets: count(world, 'AWS::SecretsManager::Secret') + ownPasswords.length,
    configRules: count(world, 'AWS::Config::ConfigRule'),
    configRecorders: count(world, 'AWS::Config::ConfigurationRecorder'),
    webAcls: count(world, 'AWS::WAFv2::WebACL'),
    webAclRules: ofType(world, 'AWS::WAFv2::WebACL').reduce(
      (sum, { properties }) => sum + asList(properties.Rules).length,
      0,
    ),
    trails: count(world, 'AWS::CloudTrail::Trail'),
    promptStreams: count(world, 'AWS::KinesisFirehose::DeliveryStream'),
    auditBuckets: named('Trail', 'PromptLog'),
    dataBuckets: named('Models', 'Corpus'),
    replicaBuckets: inStack('-recovery').filter(({ logicalId }) => logicalId.endsWith('Copy')).length,
    repositories: count(world, 'AWS::ECR::Repository'),
    queues: count(world, 'AWS::SQS::Queue'),
    alarms: count(world, 'AWS::CloudWatch::Alarm'),
    budgets: count(world, 'AWS::Budgets::Budget'),
    loadBalancers: 1,
  };
}

/** Managed machines the templates hold. */
function observedMachines(world: World): readonly ManagedMachines[] {
  return ofType(world, 'AWS::ElastiCache::ReplicationGroup').map(({ properties }) => ({
    id: 'data.cache.instances',
    title: 'Cache of the gateway (Valkey)',
    group: 'data',
    instanceClass: asText(properties.CacheNodeType) ?? 'unnamed class',
    count: Number(properties.NumNodeGroups ?? 1) * (1 + Number(properties.ReplicasPerNodeGroup ?? 0)),
  }));
}

/** Limit of a collection group that names none. */
const defaultCapacityLimit = 96;

/** Machines of the vector store, counted in the template and multiplied with the price of the plan's own line. */
function vectorStoreLines(world: World, plan: Plan): readonly CostLine[] {
  const raised =
    count(
      world,
      'AWS::RDS::DBCluster',
      'AWS::OpenSearchService::Domain',
      'AWS::OpenSearchServerless::Collection',
      'AWS::S3Vectors::VectorBucket',
    ) > 0;
  const planned = plan.cost.lines.filter((line) => line.id.startsWith('data.vector-store.'));
  if (!raised) return [];
  const domains = ofType(world, 'AWS::OpenSearchService::Domain');
  const inDomains = (key: string) =>
    domains.reduce((sum, { properties }) => sum + Number(at(properties, `ClusterConfig.${key}`) ?? 0), 0);
  const machines = count(world, 'AWS::RDS::DBInstance') + inDomains('InstanceCount');
  const masters = inDomains('DedicatedMasterCount');
  return planned.map((line) => {
    if (line.id === 'data.vector-store.instances') return rescaled(line, machines / line.quantity, machines);
    if (line.id === 'data.vector-store.masters') return rescaled(line, masters / line.quantity, masters);
    return line.id === 'data.vector-store.units' ? limited(line, world) : line;
  });
}

/** Capacity units at most: the limits of the groups in the template; a group without one may take what it likes. */
function limited(line: CostLine, world: World): CostLine {
  const units = ofType(world, 'AWS::OpenSearchServerless::CollectionGroup').flatMap(({ properties }) =>
    ['MaxIndexingCapacityInOcu', 'MaxSearchCapacityInOcu'].map((key) =>
      Number(at(properties, `CapacityLimits.${key}`) ?? defaultCapacityLimit),
    ),
  );
  const maximum = units.reduce((sum, each) => sum + each, 0) * line.usdPerUnit;
  return { ...line, usdPerMonth: { ...line.usdPerMonth, maximum } };
}

function rescaled(line: CostLine, factor: number, quantity: number): CostLine {
  const { minimum, expected, maximum } = line.usdPerMonth;
  return {
    ...line,
    quantity,
    usdPerMonth: { minimum: minimum * factor, expected: expected * factor, maximum: maximum * factor },
  };
}

/** Lines no template raises: tokens bought from others, pods on nodes that are already counted, decided fees. */
function linesOutsideTemplates(plan: Plan, taken: ReadonlySet<string>): readonly CostLine[] {
  return plan.cost.lines.filter((line) => !taken.has(line.id));
}

/**
 * Prices every resource of every synthesized template, or names it as a gap. Counts come from the templates; what is
 * paid by use comes from the plan's volumes with the stated assumptions.
 */
export function priceTemplates(templates: readonly StackTemplate[], plan: Plan, catalog: Catalog): PricedTemplates {
  const world = worldOf(plan, templates);
  const bill = billOf(observedInventory(world), costInputs(plan));
  const fixed = linesOf(bill, observedMachines(world), plan.platform.region, catalog);
  const counted = [...fixed.lines, ...vectorStoreLines(world, plan), ...nodeLines(world, plan)];
  const fixedIds = new Set(plan.cost.lines.filter((line) => isFixed(line.id)).map((line) => line.id));
  const taken = new Set([...counted.map((line) => line.id), ...fixedIds]);
  const lines = [...counted, ...linesOutsideTemplates(plan, taken)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const types = [...new Set(world.resources.map(({ type }) => type))].sort();
  const sum = (of: 'minimum' | 'expected' | 'maximum') =>
    lines.reduce((total, line) => total + line.usdPerMonth[of], 0);
  return {
    lines,
    gaps: [...new Set([...fixed.gaps, ...gapsOf(types)])].sort(),
    free: types.flatMap((type) => {
      const cost = kindCosts[type];
      return cost?.kind === 'free' ? [{ type, because: cost.because }] : [];
    }),
    usdPerMonth: { minimum: sum('minimum'), expected: sum('expected'), maximum: sum('maximum') },
  };
}

/** Lines that only a template can justify: predicted before synthesis, they must be found in it. */
function isFixed(id: string): boolean {
  return (
    /^(network|security|audit|spend)\./.test(id) ||
    /^data\.(bucket|replica|images|queue|cache)/.test(id) ||
    id === 'cluster.control-plane' ||
    id === 'cluster.volumes'
  );
}
