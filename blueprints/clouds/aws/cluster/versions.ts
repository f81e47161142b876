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
  readonly karpenterAtLeast: string;
  readonly sources: readonly [Source, ...Source[]];
}

export const defaultKubernetesVersion = '1.36';

export const kubernetesReleases: readonly KubernetesRelease[] = [
  {
    version: '1.35',
    standardSupportEnds: '2027-03-27',
    addOns: {
      'vpc-cni': 'v1.21.1-eksbuild.3',
      'kube-proxy': 'v1.35.0-eksbuild.2',
      coredns: 'v1.13.2-eksbuild.1',
      'eks-pod-identity-agent': 'v1.3.10-eksbuild.2',
      'aws-ebs-csi-driver': 'v1.56.0-eksbuild.1',
      'snapshot-controller': 'v8.3.0-eksbuild.1',
      'metrics-server': 'v0.8.0-eksbuild.5',
      'eks-node-monitoring-agent': 'v1.4.2-eksbuild.1',
    },
    karpenterAtLeast: '1.9.0',
    sources: [{ ref: 'public clusters of this version, add-on tables', date: '2026-03-05' }],
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
      'snapshot-controller': 'v8.3.0-eksbuild.1',
      'metrics-server': 'v0.8.0-eksbuild.5',
      'eks-node-monitoring-agent': 'v1.4.2-eksbuild.1',
    },
    karpenterAtLeast: '1.13.0',
    sources: [{ ref: 'public cluster of this version, resolved add-ons', date: '2026-09-30' }],
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
