import { z } from 'zod';

const isoDate = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'an ISO date');

const sourceSchema = z.strictObject({
  ref: z.string().min(3),
  date: isoDate,
  note: z.string().min(1).optional(),
});

/** At least one: a fact without a source is refused. */
const sources = z.array(sourceSchema).min(1, 'a row without a source');
const positive = z.number().positive();
const size = z.number().int().positive();
const usd = z.number().min(0).max(1_000_000);

export const gpuSchema = z.strictObject({
  id: z.string().regex(/^[A-Z0-9][A-Z0-9-]*$/),
  name: z.string().min(2),
  vendor: z.enum(['nvidia', 'amd', 'aws']),
  architecture: z.string().min(2),
  computeCapability: positive.optional(),
  memoryBytesNominal: size,
  memoryBytesDriver: size.optional(),
  memoryBytesPerSecond: positive.optional(),
  denseFlopsPerSecond: z.strictObject({
    fp16: positive.optional(),
    bf16: positive.optional(),
    fp8: positive.optional(),
    int8: positive.optional(),
    fp4: positive.optional(),
  }),
  linkBytesPerSecondPerDirection: positive.optional(),
  pcieGeneration: size.optional(),
  tdpWatts: positive.optional(),
  sources,
  notes: z.string().optional(),
});

const attention = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grouped-query'), numKvHeads: size, headDim: size }),
  z.strictObject({
    kind: z.literal('latent'),
    kvLoraRank: size,
    qLoraRank: size.optional(),
    qkNopeHeadDim: size,
    qkRopeHeadDim: size,
    vHeadDim: size,
    indexerHeadDim: size.optional(),
  }),
]);

const layers = z.number().int().min(0);

export const modelSchema = z
  .strictObject({
    id: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    family: z.string().min(2),
    kind: z.enum(['chat', 'embedding', 'reranker', 'guard']),
    architecture: z.string().min(2),
    modalities: z.array(z.string()).min(1),
    parameters: size,
    activeParameters: size,
    weightFileBytes: size.optional(),
    numLayers: size,
    hiddenSize: size,
    intermediateSize: size,
    numAttentionHeads: size,
    attention,
    attentionLayers: z.strictObject({ full: layers, sliding: layers, linear: layers }),
    slidingWindowTokens: size.optional(),
    kvElementsPerTokenPerLayer: z.strictObject({ full: size, sliding: size }).optional(),
    linearStateElementsPerLayer: size.optional(),
    feedForwardMatrices: z.union([z.literal(2), z.literal(3)]).optional(),
    vocabularySize: size,
    maxPositionEmbeddings: size,
    tiedEmbeddings: z.boolean(),
    moe: z
      .strictObject({
        numExperts: size,
        expertsPerToken: size,
        sharedExperts: layers,
        moeIntermediateSize: size,
        sharedExpertIntermediateSize: size.optional(),
        firstDenseLayers: layers,
        moeLayerStep: size,
        moeLayers: size.optional(),
        latentSize: size.optional(),
      })
      .optional(),
    nativeDtype: z.string().min(3),
    embeddingDimension: size.optional(),
    licence: z.string().min(2).optional(),
    gated: z.boolean().optional(),
    revision: z
      .string()
      .regex(/^[0-9a-f]{40}$/)
      .optional(),
    releaseDate: z.string().optional(),
    sources,
    notes: z.string().optional(),
  })
  .refine((row) => row.activeParameters <= row.parameters, 'more weights are read than there are')
  .refine(
    ({ attentionLayers: { full, sliding, linear }, numLayers }) => full + sliding + linear <= numLayers,
    'more attention layers than layers',
  )
  .refine(
    ({ attentionLayers, slidingWindowTokens }) => attentionLayers.sliding === 0 || slidingWindowTokens !== undefined,
    {
      error: 'sliding layers without a window',
    },
  );

const offerPriceSchema = z.strictObject({
  region: z.string().min(3),
  onDemandUsdPerHour: positive.max(10_000),
  reserved1yNoUpfrontUsdPerHour: positive.optional(),
  reserved1yAllUpfrontUsdPerHour: positive.optional(),
  reserved3yNoUpfrontUsdPerHour: positive.optional(),
  reserved3yAllUpfrontUsdPerHour: positive.optional(),
  spotUsdPerHour: positive.optional(),
  spotInterruptionBand: z.string().optional(),
  sources,
});

export const offerSchema = z.strictObject({
  cloud: z.string().min(2),
  instanceType: z.string().min(3),
  architecture: z.enum(['amd64', 'arm64']),
  vcpus: size,
  memoryBytes: size,
  gpu: z.strictObject({ id: z.string(), count: positive, apiCount: layers }).optional(),
  allocatableMillicores: size.optional(),
  allocatableMemoryBytes: size.optional(),
  localNvmeBytes: size.optional(),
  networkBitsPerSecond: positive.optional(),
  efaInterfaces: layers.optional(),
  maxPods: size.optional(),
  prices: z.array(offerPriceSchema),
  sources,
});

export const managedInstanceSchema = z.strictObject({
  cloud: z.string().min(2),
  service: z.string().min(2),
  instanceType: z.string().min(3),
  prices: z.array(offerPriceSchema).min(1),
});

export const hostedModelSchema = z.strictObject({
  id: z.string().min(2),
  provider: z.string().min(2),
  mode: z.enum(['chat', 'embedding', 'rerank']),
  inputUsdPerMillionTokens: usd,
  outputUsdPerMillionTokens: usd,
  cacheReadUsdPerMillionTokens: usd.optional(),
  cacheWriteUsdPerMillionTokens: usd.optional(),
  batchInputUsdPerMillionTokens: usd.optional(),
  batchOutputUsdPerMillionTokens: usd.optional(),
  contextWindowTokens: size.optional(),
  maxOutputTokens: size.optional(),
  embeddingDimension: size.optional(),
  capabilities: z.array(z.string()),
  region: z.string().optional(),
  scope: z.string().optional(),
  deprecationDate: z.string().optional(),
  sources,
});

export const servicePriceSchema = z.strictObject({
  cloud: z.string().min(2),
  service: z.string().min(2),
  item: z.string().min(2),
  region: z.string().min(2),
  tier: z.string().optional(),
  unit: z.string().min(2),
  usd,
  confidence: z.enum(['high', 'medium', 'low']),
  sources,
});
