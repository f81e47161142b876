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
    source: seen('vllm-project/vllm v0.31.0', '2026-10-07', 'CUDA 13: NVIDIA driver 580 or newer on the node'),
  },
  tgi: {
    version: '3.3.7',
    image: 'ghcr.io/huggingface/text-generation-inference',
    tag: '3.3.7',
    source: seen('huggingface/text-generation-inference 3.3.7', '2025-12-19', 'in maintenance mode'),
  },
  triton: {
    version: '26.09',
    image: 'nvcr.io/nvidia/tritonserver',
    tag: '26.09-vllm-python-py3',
    source: seen('triton-inference-server/server release 26.09', '2026-10-01'),
  },
  ollama: {
    version: '0.32.0',
    image: 'docker.io/ollama/ollama',
    tag: '0.32.0',
    source: seen('ollama/ollama', '2026-11-01'),
  },
  llamaCpp: {
    version: 'b10680',
    image: 'ghcr.io/ggml-org/llama.cpp',
    tag: 'server-b10680',
    source: seen('ggml-org/llama.cpp b10680', '2026-09-15'),
  },
  litellm: {
    version: '1.103.2',
    image: 'ghcr.io/berriai/litellm',
    tag: 'v1.103.2',
    digest: 'sha256:f63fb81b831b170ec16851e23c36ac5bf52ef106b271406429524a2ed730bbfd',
    source: seen('BerriAI/litellm v1.103.2', '2026-10-05', '1.82.7 and 1.82.8 were compromised on PyPI'),
  },
  envoyAiGateway: {
    version: '1.1.0',
    source: seen('envoyproxy/ai-gateway v1.1.0', '2026-10-01', 'with Envoy Gateway 1.8.1'),
    chart: { repository: 'oci://docker.io/envoyproxy', name: 'ai-gateway-helm', version: 'v1.1.0' },
  },
  qdrant: {
    version: '1.19.1',
    image: 'docker.io/qdrant/qdrant',
    tag: 'v1.19.1',
    digest: 'sha256:12364fe851b9f17356fc88189fc06d1b521262e04659ec7345975b00c9246a10',
    source: seen('qdrant/qdrant v1.19.1', '2026-10-05'),
  },
  keda: {
    version: '2.21.0',
    source: seen('kedacore/keda v2.21.0', '2026-10-01', '2.20.2 and older have a critical CVE'),
    chart: { repository: 'https://kedacore.github.io/charts', name: 'keda', version: '2.21.0' },
  },
} as const satisfies Record<string, ComponentVersion>;
