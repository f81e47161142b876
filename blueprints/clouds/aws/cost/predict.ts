import type { Catalog } from '../../../../lib/catalog/catalog.ts';
import type { FixedCostInputs } from '../../../../lib/catalog/products.ts';
import { complianceFor } from '../../../../lib/compliance/index.ts';
import { sleepingPools } from '../../../../lib/plan/sleep.ts';
import { interfaceEndpoints } from '../network/endpoint-needs.ts';
import { configRulesFor, wantsDetection } from '../security/config-rules.ts';
import { quotaClass } from '../spend/quota-class.ts';
import { cacheSize } from '../stores/cache-size.ts';
import { alarmsOfCapacity, storeEndpointInterfaces, zonesOfSearchEndpoint } from '../stores/store-endpoint.ts';
import { billOf, type Inventory } from './bill.ts';
import { linesOf, type ManagedMachines, type Priced } from './lines.ts';
import { unpriced } from './unpriced.ts';

/** Data classes of the key ring, when the answers bring no key of their own. */
const keysOfOurOwn = 6;

/** Master key, salt, key of the user hash, token of the cache. */
const secretsOfGateway = 4;

/** A rate limit and three managed groups. */
const rulesOfFirewall = 4;

function frozenParts(inputs: FixedCostInputs) {
  return {
    ...inputs,
    platform: {
      ...inputs.platform,
      existing: { ...inputs.requirements.infrastructure.existing, ...inputs.platform.existing },
    },
    gateway: inputs.gateway ?? { routes: [] },
    compliance: { frameworks: inputs.frameworks },
  };
}

/** What the stacks will hold, before they exist. A test counts the synthesized templates and finds the same. */
export function predictedInventory(inputs: FixedCostInputs): Inventory {
  const parts = frozenParts(inputs);
  const { requirements, platform, audit } = parts;
  const zones = Math.max(2, platform.availabilityZones);
  const newVpc = platform.existing.vpcId === undefined;
  const natGateways = newVpc && !platform.isolated ? Math.min(platform.natGateways, zones) : 0;
  const detects = wantsDetection(parts);
  const retrieval = requirements.retrieval.needed;
  const dataBuckets = retrieval ? 2 : 1;
  const store = inputs.vectorStore;
  const storeHasSecret = store?.target === 'kubernetes' || ['pgvector', 'pinecone'].includes(store?.id ?? '');
  const gpuPools = platform.nodePools.filter((pool) => pool.gpusPerNode > 0);
  const gpuClasses = new Set(gpuPools.flatMap((pool) => (pool.instanceTypes ?? ['']).map(quotaClass)));
  const isServerless = store?.id === 'opensearch-serverless';
  const gpuAlarms = gpuPools.some((pool) => pool.nodes.expected > 0) ? gpuClasses.size : 0;
  const controls = complianceFor(requirements).controls;
  const firewall = platform.existing.hostedZoneName !== undefined || controls.some(({ id }) => id === 'waf-on-entry');
  const budgeted = !platform.region.startsWith('us-gov');
  // The notice that the ceiling is spent waits in a queue.
  const sleeps = budgeted && sleepingPools({ platform: inputs.platform, requirements }).length > 0;
  // A queue comes with a second one for what cannot be read.
  const queues = [retrieval, platform.provisioning === 'karpenter', sleeps].filter(Boolean).length * 2;
  return {
    natGateways,
    publicAddresses: natGateways,
    endpointInterfaces: (newVpc ? interfaceEndpoints(parts).length * zones : 0) + storeEndpointInterfaces(parts),
    privateZones: isServerless ? zonesOfSearchEndpoint : 0,
    searchedCollections: isServerless ? 1 : 0,
    flowLogs: newVpc ? 1 : 0,
    clusters: platform.existing.clusterName === undefined ? 1 : 0,
    keys: (platform.existing.kmsKeyArn === undefined ? keysOfOurOwn : 0) + (platform.recoveryRegion ? 1 : 0),
    secrets: secretsOfGateway + (storeHasSecret ? 1 : 0),
    configRules: detects ? configRulesFor(parts).length : 0,
    configRecorders: detects ? 1 : 0,
    webAcls: firewall ? 1 : 0,
    webAclRules: firewall ? rulesOfFirewall : 0,
    trails: 1,
    promptStreams: audit.promptLog ? 1 : 0,
    auditBuckets: 1 + (audit.promptLog ? 1 : 0),
    dataBuckets,
    replicaBuckets: platform.recoveryRegion ? dataBuckets : 0,
    repositories: 1,
    queues,
    alarms: gpuAlarms + (isServerless ? alarmsOfCapacity : 0),
    // Budgets is not offered in GovCloud.
    budgets: budgeted ? 1 : 0,
    loadBalancers: 1,
  };
}

/** Managed machines the stacks raise beside the vector store, whose lines its own decision prices. */
function predictedMachines(inputs: FixedCostInputs): readonly ManagedMachines[] {
  const production = inputs.platform.environment === 'prod';
  return [
    {
      id: 'data.cache.instances',
      title: 'Cache of the gateway (Valkey)',
      group: 'data',
      instanceClass: cacheSize(inputs).instanceClass,
      // Two in two zones in production.
      count: production ? 2 : 1,
    },
  ];
}

/** Gaps every bill names, by what the plan raises. */
function predictedGaps(inputs: FixedCostInputs): readonly string[] {
  const detects = wantsDetection(frozenParts(inputs));
  return [
    ...(detects ? [unpriced.guardDuty, unpriced.securityHub] : []),
    ...(inputs.audit.promptLog ? [unpriced.firehose, unpriced.athena] : []),
    ...(inputs.models.length > 0 ? [unpriced.codeBuild] : []),
    ...(inputs.vectorStore ? [unpriced.backup] : []),
    unpriced.inspector,
    unpriced.notifications,
  ];
}

/** Every line AWS bills beside machines, stores and hosted tokens; called before the ceiling check. */
export function fixedCost(inputs: FixedCostInputs, catalog: Catalog): Priced {
  const { lines, gaps } = linesOf(
    billOf(predictedInventory(inputs), inputs),
    predictedMachines(inputs),
    inputs.platform.region,
    catalog,
  );
  return { lines, gaps: [...gaps, ...predictedGaps(inputs)].sort() };
}
