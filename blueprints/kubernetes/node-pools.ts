import { ApiObject, type App, Chart } from 'cdk8s';
import type { NodePool, Plan } from '../../lib/plan/plan.ts';
import { versions } from '../versions.ts';
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
    if (!autoMode) addNodeClass(chart, plan, pool);
    addNodePool(chart, plan, pool, autoMode);
  }
}

/** Role and discovery tag as the stacks name them. */
function addNodeClass(chart: Chart, plan: Plan, pool: NodePool): void {
  const { platform } = plan;
  const cluster = platform.existing.clusterName ?? plan.name;
  const { privateSubnetIds } = platform.existing;
  new ApiObject(chart, `NodeClass-${pool.id}`, {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: pool.id, labels: { ...labels(plan, pool.id, 'nodes') } },
    spec: {
      instanceProfile: `${plan.name}-${platform.region}-node`,
      amiSelectorTerms: [{ alias: `bottlerocket@v${versions.bottlerocket.version}` }],
      subnetSelectorTerms: privateSubnetIds
        ? privateSubnetIds.map((id) => ({ id }))
        : [{ tags: { 'karpenter.sh/discovery': plan.name } }],
      // The group EKS makes for the cluster and its nodes.
      securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': cluster } }],
      ...(pool.reservationIds.length > 0
        ? { capacityReservationSelectorTerms: pool.reservationIds.map((id) => ({ id })) }
        : {}),
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      ...(pool.localNvme ? { instanceStorePolicy: 'RAID0' } : {}),
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', ebs: { volumeSize: '4Gi', volumeType: 'gp3', encrypted: true } },
        { deviceName: '/dev/xvdb', ebs: { volumeSize: `${pool.diskGiB}Gi`, volumeType: 'gp3', encrypted: true } },
      ],
      tags: { ...platform.tags, 'groundplan:pool': pool.id },
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
            ? { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' }
            : { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: pool.id },
          expireAfter: '720h',
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
