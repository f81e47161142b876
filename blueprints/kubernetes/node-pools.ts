import { ApiObject, type App, Chart } from 'cdk8s';
import type { NodePool, Plan } from '../../lib/plan/plan.ts';
import { imageSelector, nodeSettings, nodeVolumes } from '../clouds/aws/cluster/node-image.ts';
import { autoModeRoleName, nodeProfileName } from '../clouds/aws/cluster/node-names.ts';
import { volumeKey } from '../clouds/aws/security/key-names.ts';
import { labels, nodes } from './names.ts';

const managed = ['karpenter', 'auto-mode'];

/**
 * Pools whose nodes a controller in the cluster starts: Karpenter's, or those of EKS Auto Mode. Managed node groups are
 * the stacks' own. Under Karpenter the pool without GPUs carries Karpenter itself and stays a managed node group.
 */
export function addNodePools(app: App, plan: Plan): void {
  const { cloud, provisioning } = plan.platform;
  if (cloud !== 'aws' || !managed.includes(provisioning)) return;
  const autoMode = provisioning === 'auto-mode';
  const pools = plan.platform.nodePools.filter((pool) => autoMode || pool.gpusPerNode > 0);
  if (pools.length === 0) return;
  const chart = new Chart(app, 'node-pools', { disableResourceNameHashes: true });
  for (const pool of pools) {
    if (autoMode) addAutoModeClass(chart, plan, pool);
    else addKarpenterClass(chart, plan, pool);
    addNodePool(chart, plan, pool, autoMode);
  }
}

/** Where a node stands and what it is reserved from: subnets by the tag the stacks give them, the cluster's own group. */
function place({ name, platform }: Plan, pool: NodePool) {
  const { privateSubnetIds, clusterName } = platform.existing;
  return {
    subnetSelectorTerms: privateSubnetIds
      ? privateSubnetIds.map((id) => ({ id }))
      : [{ tags: { 'karpenter.sh/discovery': name } }],
    // The group EKS makes for the cluster and its nodes.
    securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': clusterName ?? name } }],
    ...(pool.reservationIds.length > 0
      ? { capacityReservationSelectorTerms: pool.reservationIds.map((id) => ({ id })) }
      : {}),
    tags: { ...platform.tags, 'groundplan:pool': pool.id },
  };
}

function addKarpenterClass(chart: Chart, plan: Plan, pool: NodePool): void {
  const { nodeOperatingSystem: system } = plan.platform;
  new ApiObject(chart, `NodeClass-${pool.id}`, {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: pool.id, labels: { ...labels(plan, pool.id, 'nodes') } },
    spec: {
      instanceProfile: nodeProfileName(plan),
      ...imageSelector(plan.platform, pool),
      ...place(plan, pool),
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      userData: nodeSettings(system, pool, 'karpenter'),
      ...(pool.localNvme ? { instanceStorePolicy: 'RAID0' } : {}),
      blockDeviceMappings: nodeVolumes(system, pool).map(({ deviceName, gibibytes }) => ({
        deviceName,
        ebs: {
          volumeSize: `${gibibytes}Gi`,
          volumeType: 'gp3',
          encrypted: true,
          kmsKeyID: volumeKey(plan),
          deleteOnTermination: true,
        },
      })),
    },
  });
}

/** Image, metadata service and local disks are EKS's own; the disk and its key are ours. */
function addAutoModeClass(chart: Chart, plan: Plan, pool: NodePool): void {
  new ApiObject(chart, `NodeClass-${pool.id}`, {
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'NodeClass',
    metadata: { name: pool.id, labels: { ...labels(plan, pool.id, 'nodes') } },
    spec: {
      role: autoModeRoleName(plan),
      ...place(plan, pool),
      ...(plan.platform.fips ? { advancedSecurity: { fips: true } } : {}),
      ephemeralStorage: { size: `${pool.diskGiB}Gi`, kmsKeyID: volumeKey(plan) },
    },
  });
}

/** Spot only where the plan bought it; a reservation is used first and on-demand after it. */
function capacityTypes(pool: NodePool): readonly string[] {
  if (pool.purchase === 'spot') return ['spot', 'on-demand'];
  return pool.reservationIds.length > 0 ? ['reserved', 'on-demand'] : ['on-demand'];
}

function addNodePool(chart: Chart, plan: Plan, pool: NodePool, autoMode: boolean): void {
  const gpu = pool.gpusPerNode > 0;
  new ApiObject(chart, `NodePool-${pool.id}`, {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name: pool.id, labels: { ...labels(plan, pool.id, 'nodes') } },
    spec: {
      // Before the pools auto mode brings: what has no place of its own then stands on volumes under our key, too.
      ...(autoMode && !gpu ? { weight: 10 } : {}),
      // What the ceiling pays for; `maxReplicas` of every model in the pool stays below it.
      limits: gpu ? { 'nvidia.com/gpu': pool.gpuLimit } : { nodes: pool.nodes.maximum },
      disruption: {
        consolidationPolicy: gpu ? 'WhenEmpty' : 'WhenEmptyOrUnderutilized',
        consolidateAfter: '10m',
        budgets: [{ nodes: '1' }],
      },
      template: {
        metadata: {
          labels: { [nodes.poolLabel]: pool.id, ...(pool.gpuId ? { 'groundplan/gpu': pool.gpuId } : {}) },
        },
        spec: {
          nodeClassRef: autoMode
            ? { group: 'eks.amazonaws.com', kind: 'NodeClass', name: pool.id }
            : { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: pool.id },
          // Auto mode ends a node after 21 days whatever is asked.
          expireAfter: autoMode ? '480h' : '720h',
          terminationGracePeriod: '2h',
          ...(gpu ? { taints: [{ key: nodes.gpuTaint, value: 'present', effect: 'NoSchedule' }] } : {}),
          requirements: [
            { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [...pool.instanceTypes] },
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: capacityTypes(pool) },
            { key: 'kubernetes.io/arch', operator: 'In', values: [pool.architecture] },
          ],
        },
      },
    },
  });
}
