import { stringify } from 'yaml';
import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';
import { kubernetesRelease } from './versions.ts';

/** Image of a node: what it runs, at which release, and how it is set up when it starts. */
type System = Plan['platform']['nodeOperatingSystem'];

/** What computes beside the processors, as images are built for it. */
export function accelerator(pool: Pick<NodePool, 'gpuId' | 'instanceTypes'>): 'nvidia' | 'neuron' | undefined {
  if (/^(inf|trn)\d/.test(pool.instanceTypes[0] ?? '')) return 'neuron';
  return pool.gpuId === undefined ? undefined : 'nvidia';
}

/** `AL2023_x86_64_NVIDIA`, `BOTTLEROCKET_ARM_64_FIPS`: the kind of image of a managed node group. */
export function amiType(pool: NodePool, { nodeOperatingSystem, fips }: Plan['platform']): string {
  const architecture = pool.architecture === 'arm64' ? 'ARM_64' : 'x86_64';
  const kind = accelerator(pool);
  if (nodeOperatingSystem === 'al2023') return `AL2023_${architecture}_${kind?.toUpperCase() ?? 'STANDARD'}`;
  // The standard variant of Bottlerocket carries the driver of Inferentia and Trainium.
  return ['BOTTLEROCKET', architecture, ...(kind === 'nvidia' ? ['NVIDIA'] : []), ...(fips ? ['FIPS'] : [])].join('_');
}

/** Release of the image for the Kubernetes version of the plan, as node groups take it: `1.36.3-20260911`. */
export function imageRelease({ kubernetesVersion, nodeOperatingSystem }: Plan['platform']): string {
  return kubernetesRelease(kubernetesVersion).nodeImages[nodeOperatingSystem];
}

/** Image of a pool as Karpenter looks it up; validated modules come as variants that no alias names. */
export function imageSelector(platform: Plan['platform'], pool: NodePool): object {
  const release = imageRelease(platform);
  if (platform.nodeOperatingSystem === 'al2023')
    return { amiSelectorTerms: [{ alias: `al2023@v${release.split('-')[1]}` }] };
  const version = release.split('-')[0];
  if (!platform.fips) return { amiSelectorTerms: [{ alias: `bottlerocket@v${version}` }] };
  const architecture = pool.architecture === 'arm64' ? 'arm64' : 'x86_64';
  const variant = `aws-k8s-${platform.kubernetesVersion}${accelerator(pool) === 'nvidia' ? '-nvidia' : ''}-fips`;
  return {
    amiFamily: 'Bottlerocket',
    amiSelectorTerms: [{ ssmParameter: `/aws/service/bottlerocket/${variant}/${architecture}/${version}/image_id` }],
  };
}

export interface NodeVolume {
  readonly deviceName: string;
  readonly gibibytes: number;
  /** Holds images and what pods write. */
  readonly containers: boolean;
}

/** Smallest disk under which both the system and one large image fit. */
const leastGiB: Readonly<Record<System, number>> = { bottlerocket: 20, al2023: 40 };

/** Bottlerocket has the system on the first device and containers on the second; Amazon Linux has one for both. */
export function nodeVolumes(system: System, pool: NodePool): readonly NodeVolume[] {
  const gibibytes = Math.max(leastGiB[system], pool.diskGiB);
  if (system === 'al2023') return [{ deviceName: '/dev/xvda', gibibytes, containers: true }];
  return [
    { deviceName: '/dev/xvda', gibibytes: 4, containers: false },
    { deviceName: '/dev/xvdb', gibibytes, containers: true },
  ];
}

/**
 * Settings of the kubelet, the same on both systems whatever their own defaults are: when it throws pods out, and how
 * long it lets them end when the machine is switched off (within the two minutes a Spot machine gets, and a half).
 */
export const kubeletSettings = {
  evictionHard: {
    'imagefs.available': '15%',
    'memory.available': '100Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
  },
  shutdownGracePeriod: '150s',
  shutdownGracePeriodCriticalPods: '30s',
} as const;

/** Pages of 2 MiB that the fabric's software asks for; its own installer sets the same number. */
const fabricPages = 5128;

/** Who makes one array of the local disks: the node itself, or Karpenter, which adds its own part to the settings. */
export type ArrayBy = 'node' | 'karpenter';

/** What a machine of the pool reads when it starts, before it joins. */
export function nodeSettings(system: System, pool: NodePool, arrayBy: ArrayBy): string {
  const array = pool.localNvme && arrayBy === 'node';
  return system === 'al2023' ? nodeConfig(array, pool.efa) : bottlerocketSettings(array, pool.efa);
}

function bottlerocketSettings(array: boolean, fabric: boolean): string {
  const { evictionHard, shutdownGracePeriod, shutdownGracePeriodCriticalPods } = kubeletSettings;
  const signals = Object.entries(evictionHard).map(([signal, value]) => `"${signal}" = "${value}"`);
  return [
    '[settings.kubernetes]',
    `shutdown-grace-period = "${shutdownGracePeriod}"`,
    `shutdown-grace-period-for-critical-pods = "${shutdownGracePeriodCriticalPods}"`,
    '',
    '[settings.kubernetes.eviction-hard]',
    ...signals,
    ...(fabric ? ['', '[settings.kernel.sysctl]', `"vm.nr_hugepages" = "${fabricPages}"`] : []),
    // Local disks become one array under containers and images, so weights load from NVMe.
    ...(array
      ? [
          '',
          '[settings.bootstrap-commands.ephemeral-storage]',
          'commands = [',
          '  ["apiclient", "ephemeral-storage", "init"],',
          '  ["apiclient", "ephemeral-storage", "bind", "--dirs", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"],',
          ']',
          'essential = true',
          'mode = "always"',
        ]
      : []),
    '',
  ].join('\n');
}

const boundary = 'groundplan';

/** Parts of a start-up document; EKS and Karpenter add theirs, with the cluster's address, beside them. */
function nodeConfig(array: boolean, fabric: boolean): string {
  const config = {
    apiVersion: 'node.eks.aws/v1alpha1',
    kind: 'NodeConfig',
    spec: {
      kubelet: { config: kubeletSettings },
      ...(array ? { instance: { localStorage: { strategy: 'RAID0' } } } : {}),
    },
  };
  const parts = [
    // Runs before the kubelet starts and counts the pages.
    ...(fabric ? [['text/x-shellscript', `#!/bin/bash\nsysctl -w vm.nr_hugepages=${fabricPages}\n`] as const] : []),
    ['application/node.eks.aws', stringify(config)] as const,
  ];
  return [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    ...parts.flatMap(([type, body]) => [`--${boundary}`, `Content-Type: ${type}`, '', body]),
    `--${boundary}--`,
    '',
  ].join('\n');
}
