import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { labels, namespaces, selector } from './names.ts';
import { port } from './pod.ts';

/** One direction of an allowed connection. */
export interface Peer {
  readonly namespace?: string;
  /** Pods by the name of their workload; absent: every pod of the namespace. */
  readonly component?: string;
  /** Addresses outside the cluster. */
  readonly cidrs?: readonly string[];
  readonly ports: readonly number[];
}

const anywhere = ['0.0.0.0/0', '::/0'];
/** Where EKS Pod Identity hands out credentials, IPv4 and IPv6. */
const podIdentity: Peer = { cidrs: ['169.254.170.23/32', 'fd00:ec2::23/128'], ports: [80] };

/** TLS to services outside the cluster: object storage, secret store, model hub. */
export const tlsOut: Peer = { cidrs: anywhere, ports: [443] };
export const fromPrometheus = (ports: readonly number[]): Peer => ({
  namespace: namespaces.observability,
  component: 'prometheus',
  ports,
});

function networkPeers(peer: Peer): k8s.NetworkPolicyPeer[] {
  if (peer.cidrs) return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    {
      ...(peer.namespace
        ? { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } } }
        : {}),
      podSelector: peer.component ? { matchLabels: { ...selector(peer.component) } } : {},
    },
  ];
}

const rulePorts = (peer: Peer) => peer.ports.map((value) => ({ protocol: 'TCP', port: port(value) }));

/** What may reach the pods of a workload and what they may reach; all else stays denied by the namespace. */
export function allowTraffic(
  scope: Construct,
  plan: Plan,
  props: {
    readonly component: string;
    readonly role: string;
    readonly namespace: string;
    readonly from: readonly Peer[];
    readonly to: readonly Peer[];
    /** Set where the pods take a cloud role. */
    readonly cloudRole?: boolean;
  },
): void {
  const to = [...props.to, ...(props.cloudRole && plan.platform.cloud === 'aws' ? [podIdentity] : [])];
  new k8s.KubeNetworkPolicy(scope, `NetworkPolicy-${props.component}`, {
    metadata: {
      name: props.component,
      namespace: props.namespace,
      labels: { ...labels(plan, props.component, props.role) },
    },
    spec: {
      podSelector: { matchLabels: { ...selector(props.component) } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: props.from.map((peer) => ({ from: networkPeers(peer), ports: rulePorts(peer) })),
      egress: to.map((peer) => ({ to: networkPeers(peer), ports: rulePorts(peer) })),
    },
  });
}

/** Voluntary disruptions take one pod at a time. */
export function disruptionBudget(
  scope: Construct,
  plan: Plan,
  props: { readonly component: string; readonly role: string; readonly namespace: string },
): void {
  new k8s.KubePodDisruptionBudget(scope, `DisruptionBudget-${props.component}`, {
    metadata: {
      name: props.component,
      namespace: props.namespace,
      labels: { ...labels(plan, props.component, props.role) },
    },
    spec: {
      maxUnavailable: port(1),
      selector: { matchLabels: { ...selector(props.component) } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}

export function serviceAccount(scope: Construct, plan: Plan, name: string, namespace: string): void {
  new k8s.KubeServiceAccount(scope, `ServiceAccount-${name}`, {
    metadata: { name, namespace, labels: { ...labels(plan, name, 'identity') } },
    automountServiceAccountToken: false,
  });
}
