import type { CloudFacts, CloudRegion } from '../../../lib/catalog/products.ts';
import { defaultKubernetesVersion } from './cluster/versions.ts';
import { fixedCost } from './cost/predict.ts';

const availabilityZones = {
  ref: 'docs.aws.amazon.com/eks/latest/userguide/network-reqs.html',
  date: '2026-06-30',
  note: 'zones in which a control plane cannot be placed: use1-az3, usw1-az2, cac1-az3',
} as const;

/** A region with the zone ids an EKS cluster can use. Ids mean the same zone in every account; letters do not. */
export interface AwsRegion extends CloudRegion {
  readonly zoneIds: readonly [string, string, ...string[]];
  /** Interface endpoints with a FIPS 140 module exist for most services. */
  readonly fipsEndpoints: boolean;
}

function region(
  id: string,
  residency: readonly string[],
  zoneIds: readonly [string, string, ...string[]],
  partition = 'aws',
): AwsRegion {
  const fipsEndpoints = id.startsWith('us-') || id.startsWith('ca-');
  return { id, residency, zones: zoneIds.length, partition, zoneIds, fipsEndpoints };
}

export const awsRegions: readonly AwsRegion[] = [
  region('ap-northeast-1', ['jp'], ['apne1-az1', 'apne1-az2', 'apne1-az4']),
  region('ap-northeast-2', [], ['apne2-az1', 'apne2-az2', 'apne2-az3']),
  region('ap-northeast-3', ['jp'], ['apne3-az1', 'apne3-az2', 'apne3-az3']),
  region('ap-south-1', ['in'], ['aps1-az1', 'aps1-az2', 'aps1-az3']),
  region('ap-southeast-1', [], ['apse1-az1', 'apse1-az2', 'apse1-az3']),
  region('ap-southeast-2', ['au'], ['apse2-az1', 'apse2-az2', 'apse2-az3']),
  region('ca-central-1', ['ca'], ['cac1-az1', 'cac1-az2', 'cac1-az4']),
  region('eu-central-1', ['eu'], ['euc1-az1', 'euc1-az2', 'euc1-az3']),
  region('eu-central-2', [], ['euc2-az1', 'euc2-az2', 'euc2-az3']),
  region('eu-north-1', ['eu'], ['eun1-az1', 'eun1-az2', 'eun1-az3']),
  region('eu-south-1', ['eu'], ['eus1-az1', 'eus1-az2', 'eus1-az3']),
  region('eu-south-2', ['eu'], ['eus2-az1', 'eus2-az2', 'eus2-az3']),
  region('eu-west-1', ['eu'], ['euw1-az1', 'euw1-az2', 'euw1-az3']),
  region('eu-west-2', ['uk'], ['euw2-az1', 'euw2-az2', 'euw2-az3']),
  region('eu-west-3', ['eu'], ['euw3-az1', 'euw3-az2', 'euw3-az3']),
  region('sa-east-1', [], ['sae1-az1', 'sae1-az2', 'sae1-az3']),
  region('us-east-1', ['us'], ['use1-az1', 'use1-az2', 'use1-az4', 'use1-az5', 'use1-az6']),
  region('us-east-2', ['us'], ['use2-az1', 'use2-az2', 'use2-az3']),
  region('us-gov-east-1', ['us', 'us-gov'], ['usge1-az1', 'usge1-az2', 'usge1-az3'], 'aws-us-gov'),
  region('us-gov-west-1', ['us', 'us-gov'], ['usgw1-az1', 'usgw1-az2', 'usgw1-az3'], 'aws-us-gov'),
  region('us-west-1', ['us'], ['usw1-az1', 'usw1-az3']),
  region('us-west-2', ['us'], ['usw2-az1', 'usw2-az2', 'usw2-az3', 'usw2-az4']),
];

/** @throws {RangeError} for a region that no row of `awsRegions` names */
export function awsRegion(id: string): AwsRegion {
  const found = awsRegions.find((row) => row.id === id);
  if (!found) throw new RangeError(`no facts for the AWS region ${id}: add its row to facts.ts`);
  return found;
}

const managedNodeGroupsSource = {
  ref: 'docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html',
  date: '2026-06-30',
} as const;

/** What the planner may know of AWS: regions, versions, ways to provision nodes (D11). */
export const awsFacts: CloudFacts = {
  title: 'Amazon Web Services',
  pros: [
    'Widest choice of GPU machines and regions in the catalogue',
    'Private endpoints for every service the platform calls',
  ],
  cons: ['Large GPU machines need a quota increase and often reserved capacity', 'Traffic between zones is charged'],
  reversal:
    'The Kubernetes manifests run elsewhere unchanged; keys, stores and audit trails are re-created and data copied.',
  sources: [availabilityZones, managedNodeGroupsSource],
  regions: awsRegions,
  kubernetesVersion: defaultKubernetesVersion,
  fixedCost,
  nodeImages: {
    bottlerocket: {
      title: 'Bottlerocket',
      fipsValidated: true,
      pros: [
        'Read-only root without a shell or a package manager, updated as one image',
        'Driver and device plugin of the GPU are part of the image',
      ],
      cons: ['Host agents run as containers or not at all'],
      reversal: 'Answer al2023 and generate again: the node groups replace their machines one by one.',
      sources: [
        { ref: 'docs.aws.amazon.com/eks/latest/userguide/eks-optimized-ami-bottlerocket.html', date: '2026-06-30' },
      ],
    },
    al2023: {
      title: 'Amazon Linux 2023',
      // EKS publishes no image of it with the validated module switched on.
      fipsValidated: false,
      pros: [
        'Packages, host agents and debugging tools of a usual Linux',
        'Driver, container toolkit and fabric manager of the GPU are part of the image',
      ],
      cons: [
        'Writable root with a shell: a larger surface to patch and to audit',
        'The device plugin of the GPU is a workload of its own',
      ],
      reversal: 'Remove the answer and generate again: the node groups replace their machines one by one.',
      sources: [{ ref: 'awslabs/amazon-eks-ami v20260714', date: '2026-07-23' }],
    },
  },
  provisioning: {
    'managed-node-groups': {
      title: 'EKS managed node groups',
      feePercentOfInstance: 0,
      pros: [
        'No controller of our own to run',
        'Capacity reservations and capacity blocks are targeted by the launch template',
        'Counts and prices are fixed in the stack, so the ceiling is provable',
      ],
      cons: [
        'Slower to add a node than Karpenter',
        'Instance types of a group are fixed in the stack',
        'No consolidation',
      ],
      reversal: 'Add Karpenter beside the groups, drain the groups, delete them.',
      sources: [managedNodeGroupsSource],
    },
    karpenter: {
      title: 'Karpenter',
      feePercentOfInstance: 0,
      pros: [
        'Starts machines within about a minute and consolidates idle ones',
        'Falls back over instance types and zones',
        'A limit in GPUs on each pool',
      ],
      cons: [
        'A controller to run, upgrade and give permissions',
        'Some types report no GPU to it (fractional cards, p5.4xlarge)',
      ],
      reversal: 'Create managed node groups of the same types, cordon the pools, delete them.',
      sources: [{ ref: 'aws/karpenter-provider-aws:website/content/en/docs', date: '2026-07-11' }],
    },
    'auto-mode': {
      title: 'EKS Auto Mode',
      // The fee is a rate per instance type; 12% of the on-demand price is what AWS's examples come to.
      feePercentOfInstance: 12,
      pros: ['Nodes, drivers, storage and load balancing are run by AWS', 'Device plugin and node repair included'],
      cons: [
        'A fee on every instance hour, reserved and spot too',
        'No user data, kubelet settings, time slicing or DRA',
        'Nodes live 21 days at most',
      ],
      reversal: 'Create node groups or Karpenter, move the pods, switch compute off in the cluster.',
      sources: [{ ref: 'docs.aws.amazon.com/eks/latest/userguide/automode.html', date: '2026-06-30' }],
    },
  },
};
