import { field } from '../workload-view.ts';
import { matches, ofKind, type Rule } from './rule.ts';

/** Who reaches whom, and what a namespace lets in. */
export const trafficRules: Readonly<Record<string, Rule>> = {
  *'every pod is behind a network policy, every namespace is closed'({ objects, workloads }) {
    const policies = ofKind(objects, 'NetworkPolicy');
    for (const { id, namespace, templates } of workloads) {
      const own = policies.filter((policy) => policy.metadata.namespace === namespace);
      if (!own.some((policy) => policy.metadata.name === 'default-deny')) yield [id, `${namespace} is open`];
      for (const { metadata } of templates) {
        const covered = own.some((policy) => {
          const selector = field(policy, 'spec', 'podSelector', 'matchLabels') as Record<string, string> | undefined;
          return selector !== undefined && matches(selector, metadata.labels);
        });
        if (!covered) yield [id, 'has no network policy of its own'];
      }
    }
  },
  *'a service finds pods and their port'({ objects, workloads }) {
    for (const service of ofKind(objects, 'Service')) {
      const selector = field(service, 'spec', 'selector') as Record<string, string>;
      const templates = workloads
        .filter(({ namespace }) => namespace === service.metadata.namespace)
        .flatMap((each) => each.templates)
        .filter(({ metadata }) => matches(selector, metadata.labels));
      const named = new Set(
        templates.flatMap(({ spec }) => spec.containers.flatMap((each) => each.ports ?? [])).map(({ name }) => name),
      );
      for (const { targetPort } of field(service, 'spec', 'ports') as { targetPort: string }[]) {
        if (!named.has(targetPort)) yield [service.metadata.name, `no pod has a port ${targetPort}`];
      }
    }
  },
  *'a namespace is under the restricted level, or is the observability one'({ objects }) {
    for (const { metadata } of ofKind(objects, 'Namespace')) {
      const level = metadata.labels?.['pod-security.kubernetes.io/enforce'];
      if (level !== 'restricted' && metadata.name !== 'observability') yield [metadata.name, `enforces ${level}`];
    }
  },
};
