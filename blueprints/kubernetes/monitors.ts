import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { labels, selector } from './names.ts';

/** Prometheus scrapes the pods of a workload on their port named `http`. */
export function addPodMonitor(
  scope: Construct,
  plan: Plan,
  props: {
    readonly component: string;
    readonly role: string;
    readonly namespace: string;
    readonly path: string;
    /** @default 'http' */
    readonly port?: string;
    readonly selector?: Readonly<Record<string, string>>;
    /** Secret and key of a bearer token, where the endpoint asks for one. */
    readonly token?: { readonly secret: string; readonly key: string };
  },
): void {
  const { token } = props;
  new ApiObject(scope, `Monitor-${props.component}`, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      name: props.component,
      namespace: props.namespace,
      labels: { ...labels(plan, props.component, props.role) },
    },
    spec: {
      selector: { matchLabels: { ...selector(props.component), ...props.selector } },
      podMetricsEndpoints: [
        {
          port: props.port ?? 'http',
          path: props.path,
          interval: '15s',
          ...(token ? { authorization: { type: 'Bearer', credentials: { name: token.secret, key: token.key } } } : {}),
        },
      ],
    },
  });
}
