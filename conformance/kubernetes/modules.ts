import { execFileSync } from 'node:child_process';

export const kubernetes = { module: 'k8s.io/kubernetes', version: 'v1.36.3', staging: 'v0.36.3' } as const;
export const etcd = { module: 'go.etcd.io/etcd/server/v3', version: 'v3.7.3' } as const;

export interface CrdModule {
  /** Name of the schema file the kinds go to; absent: read for the API server only. */
  readonly file?: string;
  readonly module: string;
  readonly version: string;
  readonly crds: readonly string[];
}

/** Where the definitions of custom resources come from: each project's own module at the pinned version. */
export const crdModules: readonly CrdModule[] = [
  {
    file: 'keda',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    crds: ['config/crd/bases/keda.sh_scaledobjects.yaml'],
  },
  {
    file: 'external-secrets',
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    crds: [
      'config/crds/bases/external-secrets.io_externalsecrets.yaml',
      'config/crds/bases/external-secrets.io_clustersecretstores.yaml',
    ],
  },
  {
    file: 'prometheus-operator',
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.94.0',
    crds: [
      'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
      'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
    ],
  },
  {
    file: 'cloudnative-pg',
    module: 'github.com/cloudnative-pg/cloudnative-pg',
    version: 'v1.30.0',
    crds: ['clusters', 'scheduledbackups'].map((kind) => `config/crd/bases/postgresql.cnpg.io_${kind}.yaml`),
  },
  {
    file: 'external-snapshotter',
    module: 'github.com/kubernetes-csi/external-snapshotter/client/v8',
    version: 'v8.4.0',
    crds: ['config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml'],
  },
  {
    file: 'gateway-api',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.5.1',
    crds: [
      'config/crd/standard/gateway.networking.k8s.io_gatewayclasses.yaml',
      'config/crd/standard/gateway.networking.k8s.io_gateways.yaml',
      'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
      'config/crd/standard/gateway.networking.k8s.io_backendtlspolicies.yaml',
    ],
  },
  {
    file: 'envoy-gateway',
    module: 'github.com/envoyproxy/gateway',
    version: 'v1.9.1',
    crds: ['backends', 'backendtrafficpolicies', 'securitypolicies'].map(
      (kind) => `charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_${kind}.yaml`,
    ),
  },
  {
    file: 'karpenter',
    module: 'github.com/aws/karpenter-provider-aws',
    version: 'v1.14.1',
    crds: ['pkg/apis/crds/karpenter.sh_nodepools.yaml', 'pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml'],
  },
  {
    module: 'github.com/elastic/cloud-on-k8s/v3',
    version: 'v3.5.0',
    crds: ['config/crds/v1/resources/elasticsearch.k8s.elastic.co_elasticsearches.yaml'],
  },
];

/** Folder of a module at a version in the module cache, fetched when it is not there. Needs `go`. */
export function moduleDirectory(module: string, version: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    cwd: '/',
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
