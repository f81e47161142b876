import { hoursPerMonth } from '../../../../lib/catalog/prices.ts';
import type { FixedCostInputs } from '../../../../lib/catalog/products.ts';
import { assumed } from './assumptions.ts';
import { type Amount, type Bill, daysPerMonth, flat, plus, scaled } from './drivers.ts';
import { stored, type Usage, usageOf } from './usage.ts';

const gb = 1e9;

/** How many of each billed kind the stacks hold: predicted before synthesis, counted after it. */
export interface Inventory {
  readonly natGateways: number;
  readonly publicAddresses: number;
  /** Endpoints times zones. */
  readonly endpointInterfaces: number;
  /** Made by services for their endpoints, not by a stack. */
  readonly privateZones: number;
  /** Collections whose every search the trail records. */
  readonly searchedCollections: number;
  readonly flowLogs: number;
  readonly clusters: number;
  readonly keys: number;
  readonly secrets: number;
  readonly configRules: number;
  readonly configRecorders: number;
  readonly webAcls: number;
  readonly webAclRules: number;
  readonly trails: number;
  readonly promptStreams: number;
  /** Buckets by what they hold. */
  readonly auditBuckets: number;
  readonly dataBuckets: number;
  readonly replicaBuckets: number;
  readonly repositories: number;
  readonly queues: number;
  readonly alarms: number;
  readonly budgets: number;
  /** Raised by the cluster for the gateway, not by a stack. */
  readonly loadBalancers: number;
}

/** Budgets an account gets free of charge; any other budget of the account takes them first, so this errs low. */
const freeBudgets = 2;

/** Months's natural units of every driver: counts of things times hours, and use where something is there to be used. */
export function billOf(inventory: Inventory, inputs: FixedCostInputs): Bill {
  const usage = usageOf(inputs);
  const present = (count: number, amount: Amount) => (count > 0 ? amount : flat(0));
  const hours = (count: number) => flat(count * hoursPerMonth);
  const gateway = gatewayBytes(usage);
  const external = inputs.requirements.application.exposure !== 'internal';
  const configItems = plus(flat(assumed('configItems')), scaled(usage.nodes, assumed('configItemsPerNode')));
  const objectGB = plus(flat(inventory.dataBuckets > 0 ? usage.modelGB + usage.corpusGB : 0));
  const lcuHours = scaled(gateway, 1 / gb);
  return {
    'network.nat-gateways': hours(inventory.natGateways),
    'network.nat-data': present(
      inventory.natGateways,
      plus(scaled(usage.nodes, assumed('natGBPerNode')), external ? scaled(gateway, 1 / gb) : flat(0)),
    ),
    'network.public-addresses': hours(inventory.publicAddresses),
    'network.endpoints': hours(inventory.endpointInterfaces),
    'network.private-zones': flat(inventory.privateZones),
    'network.endpoint-data': present(inventory.endpointInterfaces, scaled(usage.nodes, assumed('endpointGBPerNode'))),
    'network.between-zones':
      inputs.platform.availabilityZones > 1 ? scaled(gateway, assumed('crossZoneShare') / gb) : flat(0),
    'network.internet':
      external && !inputs.platform.isolated
        ? scaled(usage.outputTokens, assumed('bytesPerStreamedToken') / gb)
        : flat(0),
    'security.keys': flat(inventory.keys),
    'security.key-requests': present(
      inventory.keys,
      plus(flat(assumed('keyRequestsPerMonth')), scaled(usage.requests, 1 / assumed('requestsPerKeyRequest'))),
    ),
    'security.secrets': flat(inventory.secrets),
    'security.secret-calls': flat(inventory.secrets * assumed('secretReadsPerHour') * hoursPerMonth),
    'security.config-items': present(inventory.configRecorders, configItems),
    'security.config-evaluations': present(inventory.configRules, scaled(configItems, assumed('evaluationsPerItem'))),
    'security.waf-acl': flat(inventory.webAcls),
    'security.waf-rules': flat(inventory.webAclRules),
    'security.waf-requests': present(inventory.webAcls, usage.requests),
    'cluster.control-plane': hours(inventory.clusters),
    'cluster.volumes': usage.nodeDiskGiB,
    'data.bucket-storage': objectGB,
    'data.bucket-reads': present(inventory.dataBuckets, plus(usage.modelReads, flat(2 * usage.documentsPerMonth))),
    'data.images': present(inventory.repositories, flat(assumed('imageGB'))),
    'data.replica-storage': present(inventory.replicaBuckets, objectGB),
    'data.replica-transfer': present(inventory.replicaBuckets, scaled(objectGB, assumed('replicatedShare'))),
    'data.queue-requests': present(
      inventory.queues,
      flat(assumed('queuePolls') + assumed('queueRequestsPerDocument') * usage.documentsPerMonth),
    ),
    'audit.logs-ingested': present(inventory.clusters + inventory.flowLogs, usage.logGB),
    'audit.logs-stored': present(
      inventory.clusters + inventory.flowLogs,
      scaled(stored(usage.logGB, inputs.audit.logRetentionDays), assumed('logCompression')),
    ),
    'audit.trail-events': present(
      inventory.trails,
      plus(
        flat(assumed('trailEventsPerMonth')),
        scaled(usage.requests, 1 / assumed('requestsPerTrailEvent')),
        scaled(usage.requests, inventory.searchedCollections),
      ),
    ),
    'audit.objects-stored': present(inventory.auditBuckets, stored(usage.promptLogGB, inputs.audit.retentionDays)),
    'audit.objects-written': present(inventory.auditBuckets, flat(assumed('auditObjectsPerMonth'))),
    'serving.load-balancer': hours(inventory.loadBalancers),
    'serving.load-balancer-use': present(inventory.loadBalancers, lcuHours),
    'spend.alarms': flat(inventory.alarms),
    'spend.budgets': flat(Math.max(0, inventory.budgets - freeBudgets) * daysPerMonth),
  };
}

/** Bytes that pass the gateway in a month: prompts in, streamed tokens out. A capacity unit hour is one GB of it. */
function gatewayBytes(usage: Usage): Amount {
  return plus(
    scaled(usage.inputTokens, assumed('bytesPerInputToken')),
    scaled(usage.outputTokens, assumed('bytesPerStreamedToken')),
  );
}
