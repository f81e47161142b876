import { type App, Chart } from 'cdk8s';
import type { KubernetesBuilder } from '../../contract.ts';
import { externalSecret } from '../../kubernetes/secrets.ts';
import { storeNamespace, storeSecret } from '../../kubernetes/stateful-store.ts';

/** The store is the vendor's; the cluster holds its key and its address: asking the vendor for it needs the internet. */
export const build: KubernetesBuilder = (app, plan) => {
  const chart = new Chart(app as App, 'vector-store', { disableResourceNameHashes: true });
  externalSecret(chart, plan, {
    name: storeSecret,
    namespace: storeNamespace,
    keys: { 'api-key': ['vector-store', 'api-key'], host: ['vector-store', 'host'] },
  });
};
