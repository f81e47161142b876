import type { Source } from '../lib/catalog/source.ts';

/** One component at one version. Nothing else in the code names a version, an image or a chart. */
export interface ComponentVersion {
  readonly version: string;
  readonly source: Source;
  /** Repository without tag; absent for a component that ships as a chart or an API only. */
  readonly image?: string;
  readonly tag?: string;
  /** Of the multi-architecture index. Absent: no public record was found; `kubernetes/lock-images.sh` resolves it. */
  readonly digest?: `sha256:${string}`;
  readonly chart?: { readonly repository: string; readonly name: string; readonly version: string };
}

const seen = (ref: string, date: string, note?: string): Source => (note ? { ref, date, note } : { ref, date });

/**
 * Every component the platform installs, with its version and where the version was seen. An image digest is the one
 * public deployments record for that tag; a wrong one fails the pull and never runs something else.
 */
export const versions = {
  kubernetes: { version: '1.36', source: seen('Amazon EKS Kubernetes versions', '2026-11-01', '1.36 is the default') },
  vllm: {
    version: '0.31.0',
    image: 'docker.io/vllm/vllm-openai',
    tag: 'v0.31.0',
    digest: 'sha256:c1c9f6fd5c109ba7f0546a59f5b2f15fb87f64c77782e90a27b648b42a8e67c3',
    source: seen(
      'vllm-project/vllm v0.31.0',
      '2026-10-07',
      'CUDA 13: NVIDIA driver 580 or newer; versions below 0.30.0 let a caller run code on the server',
    ),
  },
  tgi: {
    version: '3.3.7',
    image: 'ghcr.io/huggingface/text-generation-inference',
    tag: '3.3.7',
    source: seen('huggingface/text-generation-inference 3.3.7', '2025-12-19', 'in maintenance mode'),
  },
  triton: {
    version: '26.05',
    image: 'nvcr.io/nvidia/tritonserver',
    tag: '26.05-vllm-python-py3',
    digest: 'sha256:abf5043755e335fcb7b825d38caa18ea478179c5894e9b080d91143a5df37e67',
    source: seen('triton-inference-server/server release 26.05', '2026-06-01'),
  },
  ollama: {
    version: '0.33.1',
    image: 'docker.io/ollama/ollama',
    tag: '0.33.1',
    digest: 'sha256:075246f72d4109385b4a01c3ac8e9cbd26a0bcb21cd7aa30edbccd24e1b3180c',
    source: seen('ollama/ollama 0.33.1', '2026-08-30'),
  },
  llamaCpp: {
    version: 'b10438',
    image: 'ghcr.io/ggml-org/llama.cpp',
    tag: 'server-b10438',
    digest: 'sha256:190813e82f33a82f506e66826f367004a3159f8b8139b11d07566437aecdac93',
    source: seen('ggml-org/llama.cpp b10438', '2026-08-20'),
  },
  llamaCppTools: {
    version: 'b10438',
    image: 'ghcr.io/ggml-org/llama.cpp',
    tag: 'full-b10438',
    source: seen('ggml-org/llama.cpp b10438', '2026-08-20', 'the image with conversion and quantization'),
  },
  litellm: {
    version: '1.103.2',
    image: 'ghcr.io/berriai/litellm-non_root',
    tag: 'v1.103.2',
    digest: 'sha256:bee25ffdd3952562401cd1cb844f2b925f006ea8102d719b6d311cc844594d6c',
    source: seen('BerriAI/litellm v1.103.2', '2026-10-05', '1.82.7 and 1.82.8 were compromised on PyPI'),
  },
  envoyGateway: {
    version: '1.9.1',
    source: seen(
      'envoyproxy/gateway v1.9.1',
      '2026-11-21',
      'the rate-limit field of 1.8.1 is refused by an API server of 1.36; Envoy AI Gateway takes 1.8.1 or newer',
    ),
    chart: { repository: 'oci://docker.io/envoyproxy', name: 'gateway-helm', version: 'v1.9.1' },
  },
  envoyAiGateway: {
    version: '1.1.0',
    source: seen('envoyproxy/ai-gateway v1.1.0', '2026-10-01', 'with Envoy Gateway 1.8.1 or newer'),
    chart: { repository: 'oci://docker.io/envoyproxy', name: 'ai-gateway-helm', version: 'v1.1.0' },
  },
  envoyAiGatewayCrds: {
    version: '1.1.0',
    source: seen('envoyproxy/ai-gateway v1.1.0', '2026-10-01'),
    chart: { repository: 'oci://docker.io/envoyproxy', name: 'ai-gateway-crds-helm', version: 'v1.1.0' },
  },
  qdrant: {
    version: '1.19.1',
    image: 'docker.io/qdrant/qdrant',
    tag: 'v1.19.1-unprivileged',
    digest: 'sha256:801777072776dc81b2a9dd2007b2ed487571f21ecd30efffd15ddb1671f2193d',
    source: seen('qdrant/qdrant v1.19.1', '2026-10-05', 'the unprivileged variant runs as user 1000'),
  },
  weaviate: {
    version: '1.39.8',
    image: 'docker.io/semitechnologies/weaviate',
    tag: '1.39.8',
    digest: 'sha256:f6f4a5961f99e8718a02c822ca6a0d65ed3f9c567734419a7b2144933014f13a',
    source: seen('weaviate/weaviate 1.39.8', '2026-10-03'),
  },
  elasticsearch: {
    version: '9.5.2',
    image: 'docker.elastic.co/elasticsearch/elasticsearch',
    tag: '9.5.2',
    digest: 'sha256:9c1e1afc2bda921b35025e21c72ec6e392266995aa35ad6a47887363592718be',
    source: seen('elastic/elasticsearch 9.5.2', '2026-09-15'),
  },
  postgres: {
    version: '18.4',
    image: 'ghcr.io/cloudnative-pg/postgresql',
    tag: '18.4-standard-trixie',
    digest: 'sha256:f0cc49632b5cc1e51f65ba03658c89bd31d64ea2672b14843a808a8d281417e1',
    source: seen(
      'cloudnative-pg/postgres-containers 18.4 standard',
      '2026-10-10',
      'the standard image carries pgvector',
    ),
  },
  valkey: {
    version: '9.1.1',
    image: 'docker.io/valkey/valkey',
    tag: '9.1.1',
    digest: 'sha256:2f4a4b0a42a72569b40567fae9016dc54aa76736250be28120b5fced8050c0f0',
    source: seen('valkey-io/valkey 9.1.1', '2026-10-05'),
  },
  awsCli: {
    version: '2.37.5',
    image: 'docker.io/amazon/aws-cli',
    tag: '2.37.5',
    digest: 'sha256:fb7ccfc7b4e3a05017e6c9ded4ba959b99af622130e211fb976c68c2f4d3f224',
    source: seen('aws/aws-cli 2.37.5', '2026-10-05'),
  },
  keda: {
    version: '2.21.0',
    source: seen('kedacore/keda v2.21.0', '2026-10-01', '2.20.2 and older have a critical CVE'),
    chart: { repository: 'https://kedacore.github.io/charts', name: 'keda', version: '2.21.0' },
  },
  externalSecrets: {
    version: '2.11.0',
    source: seen('external-secrets/external-secrets v2.11.0', '2026-10-01'),
    chart: { repository: 'https://charts.external-secrets.io', name: 'external-secrets', version: '2.11.0' },
  },
  prometheusStack: {
    version: '92.1.0',
    source: seen('prometheus-community/helm-charts kube-prometheus-stack 92.1.0', '2026-10-01'),
    chart: {
      repository: 'https://prometheus-community.github.io/helm-charts',
      name: 'kube-prometheus-stack',
      version: '92.1.0',
    },
  },
  leaderWorkerSet: {
    version: '0.11.1',
    source: seen('kubernetes-sigs/lws v0.11.1', '2026-10-01'),
    chart: { repository: 'oci://registry.k8s.io/lws/charts', name: 'lws', version: '0.11.1' },
  },
  cloudNativePg: {
    version: '1.30.0',
    source: seen('cloudnative-pg/cloudnative-pg v1.30.0', '2026-10-01'),
    chart: { repository: 'https://cloudnative-pg.github.io/charts', name: 'cloudnative-pg', version: '0.29.0' },
  },
  elasticOperator: {
    version: '3.5.0',
    source: seen('elastic/cloud-on-k8s v3.5.0', '2026-10-01'),
    chart: { repository: 'https://helm.elastic.co', name: 'eck-operator', version: '3.5.0' },
  },
  gpuOperator: {
    version: 'v26.7.0',
    source: seen('NVIDIA/gpu-operator v26.7.0', '2026-10-01', 'driver, device plugin and DCGM exporter in one'),
    chart: { repository: 'https://helm.ngc.nvidia.com/nvidia', name: 'gpu-operator', version: 'v26.7.0' },
  },
  dcgmExporter: {
    version: '4.8.2',
    source: seen('NVIDIA/dcgm-exporter helm chart 4.8', '2026-10-01'),
    chart: {
      repository: 'https://nvidia.github.io/dcgm-exporter/helm-charts',
      name: 'dcgm-exporter',
      version: '4.8.2',
    },
  },
  loadBalancerController: {
    version: '3.5.0',
    source: seen('kubernetes-sigs/aws-load-balancer-controller v3.5.0', '2026-10-06'),
    chart: { repository: 'https://aws.github.io/eks-charts', name: 'aws-load-balancer-controller', version: '3.5.0' },
  },
  clusterAutoscaler: {
    version: '9.59.0',
    source: seen('kubernetes/autoscaler chart cluster-autoscaler 9.59.0', '2026-08-30'),
    chart: { repository: 'https://kubernetes.github.io/autoscaler', name: 'cluster-autoscaler', version: '9.59.0' },
  },
  efaDevicePlugin: {
    version: '0.5.29',
    source: seen('aws/eks-charts aws-efa-k8s-device-plugin 0.5.29', '2026-10-01'),
    chart: { repository: 'https://aws.github.io/eks-charts', name: 'aws-efa-k8s-device-plugin', version: '0.5.29' },
  },
  nvidiaDevicePlugin: {
    version: '0.20.1',
    source: seen(
      'NVIDIA/k8s-device-plugin v0.20.1',
      '2026-10-01',
      'not needed on Bottlerocket, whose image carries it',
    ),
    chart: {
      repository: 'https://nvidia.github.io/k8s-device-plugin',
      name: 'nvidia-device-plugin',
      version: '0.20.1',
    },
  },
  karpenter: {
    version: '1.14.1',
    source: seen('aws/karpenter-provider-aws v1.14.1', '2026-10-01'),
    chart: { repository: 'oci://public.ecr.aws/karpenter', name: 'karpenter', version: '1.14.1' },
  },
} as const satisfies Record<string, ComponentVersion>;
