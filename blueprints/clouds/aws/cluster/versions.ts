import type { Source } from '../../../../lib/catalog/source.ts';

export type AddOnName =
  | 'vpc-cni'
  | 'kube-proxy'
  | 'coredns'
  | 'eks-pod-identity-agent'
  | 'aws-ebs-csi-driver'
  | 'snapshot-controller'
  | 'metrics-server'
  | 'eks-node-monitoring-agent';

/** One Kubernetes version as EKS offers it. The only place with version numbers of the cluster. */
export interface KubernetesRelease {
  readonly version: string;
  /** ISO date standard support ends; extended support costs six times the control plane. */
  readonly standardSupportEnds: string;
  readonly addOns: Readonly<Record<AddOnName, string>>;
  /** Release of the node images by operating system, one build for every processor and accelerator. */
  readonly nodeImages: Readonly<Record<'bottlerocket' | 'al2023', string>>;
  /** Client that applies manifests; within one minor version of the server. */
  readonly kubectl: string;
  readonly karpenterAtLeast: string;
  readonly sources: readonly [Source, ...Source[]];
}

export const defaultKubernetesVersion = '1.36';

const bottlerocketSource: Source = {
  ref: 'images bottlerocket-aws-k8s-1.36-*-v1.66.0-1ad6b4a4 of a running cluster, recorded in a public inventory',
  date: '2026-09-24',
  note: 'Bottlerocket; a release is one build of all its variants',
};

/**
 * Add-on versions EKS listed for each Kubernetes version, as public clusters and configurations record them. A version
 * EKS has withdrawn fails the deployment and never runs another one: `aws eks describe-addon-versions` names the newest.
 */
export const kubernetesReleases: readonly KubernetesRelease[] = [
  {
    version: '1.35',
    standardSupportEnds: '2027-03-27',
    addOns: {
      'vpc-cni': 'v1.21.1-eksbuild.8',
      'kube-proxy': 'v1.35.3-eksbuild.5',
      coredns: 'v1.14.2-eksbuild.4',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
      'aws-ebs-csi-driver': 'v1.59.0-eksbuild.1',
      'snapshot-controller': 'v8.5.0-eksbuild.3',
      'metrics-server': 'v0.8.1-eksbuild.6',
      'eks-node-monitoring-agent': 'v1.6.4-eksbuild.1',
    },
    nodeImages: { bottlerocket: '1.66.0-1ad6b4a4', al2023: '1.35.8-20260930' },
    kubectl: '1.35.8',
    karpenterAtLeast: '1.9.0',
    sources: [
      {
        ref: 'image release of a public 1.35 cluster with NVIDIA L40S machines',
        date: '2026-10-06',
        note: 'Amazon Linux 2023',
      },
      bottlerocketSource,
      {
        ref: 'aws eks describe-addon-versions --kubernetes-version 1.35, recorded in public configurations',
        date: '2026-05-31',
      },
      { ref: 'aws eks describe-cluster-versions, recorded in a public compatibility page', date: '2026-09-18' },
    ],
  },
  {
    version: '1.36',
    standardSupportEnds: '2027-08-02',
    addOns: {
      'vpc-cni': 'v1.22.4-eksbuild.3',
      'kube-proxy': 'v1.36.0-eksbuild.21',
      coredns: 'v1.14.3-eksbuild.16',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
      'aws-ebs-csi-driver': 'v1.63.1-eksbuild.1',
      'snapshot-controller': 'v8.6.0-eksbuild.8',
      'metrics-server': 'v0.9.0-eksbuild.11',
      'eks-node-monitoring-agent': 'v1.6.6-eksbuild.1',
    },
    nodeImages: { bottlerocket: '1.66.0-1ad6b4a4', al2023: '1.36.3-20260911' },
    kubectl: '1.36.4',
    karpenterAtLeast: '1.13.0',
    sources: [
      {
        ref: 'image release of a public 1.36 cluster with GPU, EFA and local disks',
        date: '2026-09-16',
        note: 'Amazon Linux 2023; NVIDIA driver 580.178.04',
      },
      bottlerocketSource,
      {
        ref: 'add-ons a running 1.36 cluster resolved to, recorded in a public compatibility page',
        date: '2026-09-18',
        note: 'network, proxy, DNS and identity; the others from public 1.36 configurations of 2026-07 to 2026-10',
      },
      { ref: 'aws eks describe-cluster-versions, recorded in a public compatibility page', date: '2026-09-18' },
    ],
  },
];

/** @throws {RangeError} for a version with no row: a cluster is never raised with add-ons that were not matched to it */
export function kubernetesRelease(version: string): KubernetesRelease {
  const found = kubernetesReleases.find((release) => release.version === version);
  if (!found) {
    const known = kubernetesReleases.map((release) => release.version).join(', ');
    throw new RangeError(`no add-on versions for Kubernetes ${version}; known: ${known}`);
  }
  return found;
}
