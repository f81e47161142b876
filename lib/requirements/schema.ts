import { z } from 'zod';

/** What the wizard, the JSON Schema, the documentation and the messages all read about one answer. */
export interface Question {
  /** Row of the reference, `Q1` … `Q9`. */
  readonly row: 'Q1' | 'Q2' | 'Q3' | 'Q4' | 'Q5' | 'Q6' | 'Q7' | 'Q8' | 'Q9';
  readonly prompt: string;
  /** Why it matters: what the answer decides. */
  readonly help: string;
  readonly unit?: string;
  readonly example?: unknown;
}

/** Prompt, help and unit of every answer; `questions.ts` walks the schema and reads it. */
export const questionRegistry = z.registry<Question>();

function ask<T extends z.ZodType>(schema: T, question: Question): T {
  questionRegistry.add(schema, question);
  return schema;
}

const percentileGoals = (unit: string, p50: Question, p95: Question, maximum: number) =>
  z.strictObject({
    p50: ask(z.number().positive().max(maximum), { ...p50, unit }),
    p95: ask(z.number().positive().max(maximum), { ...p95, unit }),
  });

const latency = z.strictObject({
  streaming: ask(z.boolean(), {
    row: 'Q1',
    prompt: 'Do answers stream to the user token by token?',
    help: 'A streamed answer is judged by its first token (TTFT) and its pace (TPOT); any other by its end-to-end time.',
  }),
  ttftMs: percentileGoals(
    'ms',
    {
      row: 'Q1',
      prompt: 'Time to first token, median goal',
      help: 'Half of all requests must start within this time.',
    },
    {
      row: 'Q1',
      prompt: 'Time to first token, P95 goal',
      help: 'Decides the GPU type and how many requests share one.',
    },
    600_000,
  ).optional(),
  tpotMs: percentileGoals(
    'ms per token',
    {
      row: 'Q1',
      prompt: 'Time per output token, median goal',
      help: '10 ms is 100 tokens/s; people read about 5 to 10.',
    },
    {
      row: 'Q1',
      prompt: 'Time per output token, P95 goal',
      help: 'Caps the batch: larger batches are cheaper and slower.',
    },
    10_000,
  ).optional(),
  endToEndMs: percentileGoals(
    'ms',
    { row: 'Q1', prompt: 'End-to-end time, median goal', help: 'From the request to its last token.' },
    { row: 'Q1', prompt: 'End-to-end time, P95 goal', help: 'What a caller that waits for the whole answer sees.' },
    86_400_000,
  ).optional(),
});

const tokenLengths = (what: string) =>
  z.strictObject({
    mean: ask(z.number().positive().max(2_000_000), {
      row: 'Q2',
      prompt: `${what} tokens per request, mean`,
      help: 'After the tokenizer; about 0.75 English words a token. Costs follow the mean.',
      unit: 'tokens',
    }),
    p95: ask(z.number().positive().max(2_000_000), {
      row: 'Q2',
      prompt: `${what} tokens per request, P95`,
      help: 'The long requests decide memory and the tail of the latency.',
      unit: 'tokens',
    }),
  });

const throughput = z.strictObject({
  pattern: ask(z.enum(['interactive', 'batch', 'single-user']), {
    row: 'Q2',
    prompt: 'What does the load look like?',
    help: 'interactive: people or programs wait; batch: a run must be done by a time; single-user: one after another.',
  }),
  requestsPerSecond: z
    .strictObject({
      expected: ask(z.number().positive().max(100_000), {
        row: 'Q2',
        prompt: 'Requests per second, expected',
        help: 'The mean over the hours in use; the monthly cost follows it.',
        unit: 'requests/s',
      }),
      peak: ask(z.number().positive().max(100_000), {
        row: 'Q2',
        prompt: 'Requests per second, peak',
        help: 'The latency goals must hold here; it decides the number of replicas.',
        unit: 'requests/s',
      }),
    })
    .optional(),
  activeHoursPerMonth: ask(z.number().positive().max(744).default(730), {
    row: 'Q2',
    prompt: 'Hours a month with traffic',
    help: '730 is round the clock; 176 is office hours. Token volume and cost follow it.',
    unit: 'hours/month',
  }),
  burstiness: ask(z.number().min(1).max(10).default(1), {
    row: 'Q2',
    prompt: 'Burstiness of arrivals',
    help: 'Coefficient of variation between arrivals: 1 is independent users, 3 is scripted bursts.',
  }),
  concurrency: ask(z.number().int().positive().max(64).optional(), {
    row: 'Q2',
    prompt: 'Requests in flight at once',
    help: 'For single-user use: how many windows or agents run beside each other.',
    unit: 'requests',
  }),
  batch: z
    .strictObject({
      requestsPerRun: ask(z.number().int().positive().max(10_000_000_000), {
        row: 'Q2',
        prompt: 'Requests in one batch run',
        help: 'Documents, rows or prompts of one run.',
        unit: 'requests',
      }),
      finishWithinHours: ask(z.number().positive().max(744), {
        row: 'Q2',
        prompt: 'A run must be finished within',
        help: 'Decides how many GPUs work at once; GPUs are paid for the hours used.',
        unit: 'hours',
      }),
      runsPerMonth: ask(z.number().positive().max(1000), {
        row: 'Q2',
        prompt: 'Runs a month',
        help: 'Monthly cost is hours used times this.',
        unit: 'runs/month',
      }),
    })
    .optional(),
  inputTokens: tokenLengths('Input').optional(),
  outputTokens: tokenLengths('Output').optional(),
  traceFile: ask(z.string().min(1).max(300).optional(), {
    row: 'Q2',
    prompt: 'Trace file instead of token lengths',
    help: 'CSV or JSON Lines with input and output tokens (and arrival times) beside the answers file; replaces the two.',
  }),
  sharedPrefixTokens: ask(z.number().int().min(0).max(1_000_000).default(0), {
    row: 'Q2',
    prompt: 'Tokens at the start that requests share',
    help: 'System prompt, few-shot examples, agent history: the prefix cache serves them (D5.2).',
    unit: 'tokens',
  }),
});

const model = z.strictObject({
  class: ask(z.enum(['open-weight', 'hosted', 'either']), {
    row: 'Q3',
    prompt: 'Which class of model?',
    help: 'open-weight: run it yourself; hosted: a provider’s API; either: both are priced and compared (D2).',
  }),
  id: ask(z.string().min(2).max(200).optional(), {
    row: 'Q3',
    prompt: 'Open-weight model (Hugging Face id)',
    help: 'Its shapes decide memory and speed. `groundplan catalog list models` prints those that are known.',
    example: 'meta-llama/Llama-3.1-8B-Instruct',
  }),
  revision: ask(
    z
      .string()
      .regex(/^[0-9a-f]{40}$/, 'a full 40-digit commit hash')
      .optional(),
    {
      row: 'Q3',
      prompt: 'Revision of the model',
      help: 'The commit of its repository; the mirror job copies and checks exactly this one (P3).',
    },
  ),
  configFile: ask(z.string().min(1).max(300).optional(), {
    row: 'Q3',
    prompt: 'Own config.json',
    help: 'For a model that is not in the catalogue: its Hugging Face config.json beside the answers file.',
  }),
  hostedId: ask(z.string().min(2).max(200).optional(), {
    row: 'Q3',
    prompt: 'Hosted model id',
    help: 'Priced against self-hosting, and the fallback where one is allowed. `groundplan catalog list hosted`.',
  }),
  maxContextTokens: ask(z.number().int().min(256).max(2_000_000), {
    row: 'Q3',
    prompt: 'Longest context a request may use',
    help: 'Input and output together; KV-cache memory is reserved for it.',
    unit: 'tokens',
  }),
  qualityTolerance: ask(z.enum(['strict', 'moderate', 'relaxed']), {
    row: 'Q3',
    prompt: 'How much quality may a smaller precision cost?',
    help: 'strict: quality-critical; moderate: below about 1 point on the evaluation set; relaxed: bulk work (D4).',
  }),
  iterationSpeedFirst: ask(z.boolean().default(false), {
    row: 'Q3',
    prompt: 'Does speed of iteration matter more than cost?',
    help: 'If so a hosted API comes first, unless data may not leave (D2.1, D2.2).',
  }),
});

const fineTuning = z.strictObject({
  needed: ask(z.boolean(), {
    row: 'Q4',
    prompt: 'Is fine-tuning needed?',
    help: 'Only with evidence that prompting and retrieval fail (D1).',
  }),
  goal: ask(
    z.enum(['instruction-following', 'preference', 'reasoning', 'classification-extraction', 'generation']).optional(),
    { row: 'Q4', prompt: 'Goal of the fine-tuning', help: 'Decides the method: SFT, DPO, GRPO (D6).' },
  ),
  examples: ask(z.number().int().positive().max(1_000_000_000).optional(), {
    row: 'Q4',
    prompt: 'Labelled examples',
    help: 'Below 10K: LoRA; above 100K: a full fine-tune is worth its price (D6).',
    unit: 'examples',
  }),
  format: ask(z.enum(['jsonl', 'parquet', 'csv']).optional(), {
    row: 'Q4',
    prompt: 'Format of the data set',
    help: 'Checked by the data gates before training (D6.8).',
  }),
  labelKappa: ask(z.number().min(-1).max(1).optional(), {
    row: 'Q4',
    prompt: 'Agreement of the labels (Cohen’s kappa)',
    help: 'Classification needs more than 0.8 (D6.8).',
  }),
  dataPath: ask(
    z
      .string()
      .regex(/^\/data\/(training|validation)\/[\w\-/]+\.(jsonl|parquet|csv)$/, 'like /data/training/cases.jsonl (V3)')
      .optional(),
    {
      row: 'Q4',
      prompt: 'Path of the data inside the training container',
      help: 'V3: under /data/training or /data/validation.',
    },
  ),
  narrowTask: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is the task narrow?',
    help: 'Narrow with good labels: a smaller tuned model; narrow at high volume: distillation (D1.2, D1.4).',
  }),
  promptingFails: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is there evidence that prompting fails?',
    help: 'Measured on an evaluation set; without it few-shot prompting comes first (D1.3).',
  }),
  gpuMemoryTight: ask(z.boolean().default(false), {
    row: 'Q4',
    prompt: 'Is GPU memory for training tight?',
    help: 'Then QLoRA on a 4-bit base (D6.2).',
  }),
  maxGpus: ask(z.number().int().positive().max(1024).default(8), {
    row: 'Q4',
    prompt: 'GPUs one training job may ask for',
    help: 'V4: 8 unless raised here.',
    unit: 'GPUs',
  }),
  maxMemoryGb: ask(z.number().int().positive().max(16_384).default(256), {
    row: 'Q4',
    prompt: 'Memory one training job may ask for',
    help: 'V4: 256 GB unless raised here.',
    unit: 'GB',
  }),
});

const retrieval = z.strictObject({
  needed: ask(z.boolean(), {
    row: 'Q5',
    prompt: 'Must answers come from your documents?',
    help: 'Retrieval adds an embedding server, a vector store, and ingestion (P6).',
  }),
  corpus: z
    .strictObject({
      documents: ask(z.number().int().positive().max(100_000_000_000), {
        row: 'Q5',
        prompt: 'Documents in the corpus',
        help: 'The first thing that decides the vector store (D7).',
        unit: 'documents',
      }),
      gigabytes: ask(z.number().positive().max(100_000_000), {
        row: 'Q5',
        prompt: 'Size of the corpus as plain text',
        help: 'Text divided by the chunk size is the number of vectors.',
        unit: 'GB',
      }),
    })
    .optional(),
  updates: ask(z.enum(['static', 'weekly', 'daily', 'real-time']).optional(), {
    row: 'Q5',
    prompt: 'How often does the corpus change?',
    help: 'Weekly or slower suits pgvector; real-time wants a store built for it (D7).',
  }),
  stalenessToleranceHours: ask(z.number().min(0).max(8760).optional(), {
    row: 'Q5',
    prompt: 'How old may an answer’s source be?',
    help: 'Sets the ingestion schedule.',
    unit: 'hours',
  }),
  keywordSearch: ask(z.enum(['none', 'helpful', 'first-class']).optional(), {
    row: 'Q5',
    prompt: 'Need for keyword search beside vectors',
    help: 'first-class: part numbers, statutes, names must match exactly at any scale (D7.4).',
  }),
  structuredMatch: ask(z.boolean().default(false), {
    row: 'Q5',
    prompt: 'Filters on structured data or exact match?',
    help: 'SQL conditions beside similarity: pgvector (D7.1).',
  }),
  documentStructure: ask(z.enum(['uniform', 'inconsistent', 'long-sectioned']).default('uniform'), {
    row: 'Q5',
    prompt: 'Structure of the documents',
    help: 'Decides chunking: fixed, semantic, hierarchical (D8).',
  }),
  recall: ask(z.enum(['normal', 'low', 'diverse']).default('normal'), {
    row: 'Q5',
    prompt: 'Known trouble with recall',
    help: 'low: query expansion (HyDE); diverse: spread the results (MMR) (D8.6).',
  }),
  rerank: ask(z.boolean().default(true), {
    row: 'Q5',
    prompt: 'Rerank the results?',
    help: 'A cross-encoder takes 30 to 50 ms and lifts precision (D8.5).',
  }),
  managedPreferred: ask(z.boolean().default(false), {
    row: 'Q5',
    prompt: 'Prefer a managed store?',
    help: 'Less to operate, a vendor to trust (D7.3, D7.4).',
  }),
  existing: ask(z.array(z.enum(['postgres', 'elasticsearch', 'opensearch'])).default([]), {
    row: 'Q5',
    prompt: 'Stores you already run',
    help: 'An existing, fitting store costs least.',
  }),
});

const ownedGpu = z.strictObject({
  gpu: ask(z.string().min(1).max(40), {
    row: 'Q6',
    prompt: 'GPU you own',
    help: 'An id of the catalogue.',
    example: 'L4',
  }),
  count: ask(z.number().int().positive().max(100_000), {
    row: 'Q6',
    prompt: 'How many in one machine',
    help: 'GPUs of one node.',
    unit: 'GPUs',
  }),
  nodes: z.number().int().positive().max(10_000).default(1),
});

const infrastructure = z.strictObject({
  cloud: ask(z.enum(['aws', 'on-premises']), {
    row: 'Q6',
    prompt: 'Where does it run?',
    help: 'aws: stacks for an account; on-premises: manifests for a cluster you own.',
  }),
  regions: ask(
    z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region like eu-central-1'))
      .max(8)
      .default([]),
    {
      row: 'Q6',
      prompt: 'Regions that may be used, preferred first',
      help: 'Prices, GPU types and residency depend on it.',
      example: ['us-east-1'],
    },
  ),
  costCeilingUsdPerMonth: ask(z.number().positive().max(1_000_000_000), {
    row: 'Q6',
    prompt: 'Cost ceiling',
    help: 'Nothing is planned above it; budgets and alarms step up to it (P11).',
    unit: 'USD/month',
  }),
  gpu: z
    .strictObject({
      allow: ask(z.array(z.string()).optional(), {
        row: 'Q6',
        prompt: 'GPU types you can get',
        help: 'Leave empty for all of the catalogue.',
        example: ['L40S', 'H100-SXM'],
      }),
      quota: ask(z.record(z.string(), z.number().int().min(0)).optional(), {
        row: 'Q6',
        prompt: 'GPUs your account may start, by type',
        help: 'A plan above a quota is refused; a missing type counts as unlimited.',
        example: { 'H100-SXM': 8 },
      }),
    })
    .prefault({}),
  reservations: ask(
    z
      .array(
        z.strictObject({
          instanceType: z.string().min(3).max(40),
          count: z.number().int().positive(),
          usdPerHour: z.number().min(0),
          reservationId: z
            .string()
            .regex(/^cr-[0-9a-f]+$/)
            .optional(),
        }),
      )
      .default([]),
    {
      row: 'Q6',
      prompt: 'Capacity you have reserved',
      help: 'Used first, at your price; capacity-reservation ids are targeted.',
    },
  ),
  ownPrices: ask(
    z
      .array(
        z.strictObject({
          instanceType: z.string(),
          region: z.string(),
          usdPerHour: z.number().positive(),
          note: z.string().optional(),
        }),
      )
      .default([]),
    { row: 'Q6', prompt: 'Your own prices', help: 'Replace the list price of an instance type in a region.' },
  ),
  discountPercent: ask(z.number().min(0).max(90).default(0), {
    row: 'Q6',
    prompt: 'Discount on list prices',
    help: 'A private pricing agreement; applies to machines without an own price.',
    unit: '%',
  }),
  purchases: ask(
    z
      .array(z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']))
      .min(1)
      .default(['on-demand']),
    {
      row: 'Q6',
      prompt: 'Ways to buy machines',
      help: 'Spot is never used for traffic under a latency goal (D11).',
    },
  ),
  owned: z.array(ownedGpu).default([]),
  existing: z
    .strictObject({
      triton: ask(z.boolean().default(false), {
        row: 'Q6',
        prompt: 'Do you run Triton today?',
        help: 'Pipelines and ensembles stay there (D3.3).',
      }),
      huggingFace: ask(z.boolean().default(false), {
        row: 'Q6',
        prompt: 'Do you run TGI and the Hugging Face stack today?',
        help: 'D3.2.',
      }),
      vpcId: z
        .string()
        .regex(/^vpc-[0-9a-f]+$/)
        .optional(),
      privateSubnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).optional(),
      availabilityZones: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/)).optional(),
      clusterName: z.string().max(100).optional(),
      kmsKeyArn: z
        .string()
        .regex(/^arn:aws[\w-]*:kms:/)
        .optional(),
      hostedZoneId: z
        .string()
        .regex(/^Z[A-Z0-9]+$/)
        .optional(),
      hostedZoneName: z.string().max(253).optional(),
    })
    .prefault({}),
  isolated: ask(z.boolean().default(false), {
    row: 'Q6',
    prompt: 'No internet path at all?',
    help: 'No NAT and no internet gateway: endpoints, mirrored images and models only (P1).',
  }),
  ipv6: z.boolean().default(false),
  provisioning: ask(z.enum(['managed-node-groups', 'karpenter', 'auto-mode']).optional(), {
    row: 'Q6',
    prompt: 'How are nodes provisioned today?',
    help: 'Leave empty to let cost and availability decide (D11).',
  }),
  cpuOnly: z.boolean().default(false),
  workloadsBesideLlm: ask(z.array(z.enum(['vision', 'audio'])).default([]), {
    row: 'Q6',
    prompt: 'Other models served beside the LLM',
    help: 'Vision or audio models with ensembles point to Triton (D3.3).',
  }),
});

const frameworks = ['gdpr', 'hipaa', 'soc2', 'pci-dss', 'fedramp-moderate', 'iso27001', 'eu-ai-act'] as const;

const compliance = z.strictObject({
  residency: ask(z.enum(['none', 'eu', 'us', 'us-gov', 'uk', 'ca', 'au', 'jp', 'in']), {
    row: 'Q7',
    prompt: 'Where must data stay?',
    help: 'Regions and providers outside are refused.',
  }),
  pii: ask(z.enum(['none', 'present', 'sensitive']), {
    row: 'Q7',
    prompt: 'Personal data in prompts or documents',
    help: 'sensitive: health, payment, children. Decides redaction, logging, keys.',
  }),
  dataMayLeave: ask(z.boolean(), {
    row: 'Q7',
    prompt: 'May prompts leave your infrastructure?',
    help: 'If not, everything is self-hosted (D2.1), without exception.',
  }),
  auditLog: z.strictObject({
    required: ask(z.boolean(), {
      row: 'Q7',
      prompt: 'Must inputs and outputs be logged?',
      help: 'The prompt-audit pipeline and its write-once store (P13).',
    }),
    retentionDays: ask(z.number().int().min(1).max(36_500).optional(), {
      row: 'Q7',
      prompt: 'Days the audit log is kept',
      help: 'A regime may ask for more; the longer one wins.',
      unit: 'days',
    }),
  }),
  frameworks: ask(z.array(z.enum(frameworks)), {
    row: 'Q7',
    prompt: 'Frameworks the platform is audited against',
    help: 'Each changes resources, retention, regions and documents.',
  }),
});

const application = z.strictObject({
  shape: ask(z.enum(['single-call', 'chain', 'agent']), {
    row: 'Q8',
    prompt: 'Shape of the application',
    help: 'agent: several steps, tools, decisions at run time (D9).',
  }),
  output: ask(z.enum(['free-text', 'json', 'function-calls']), {
    row: 'Q8',
    prompt: 'What must come out?',
    help: 'Typed output is enforced by the server, not asked for in the prompt (D9.3).',
  }),
  languages: ask(z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1), {
    row: 'Q8',
    prompt: 'Languages (ISO 639)',
    help: 'Embedding and guard models must cover them.',
    example: ['en'],
  }),
  exposure: ask(z.enum(['internal', 'partners', 'public']), {
    row: 'Q8',
    prompt: 'Who can reach it?',
    help: 'Public exposure asks for stricter input checks and rate limits (P12).',
  }),
  lowDiversityOutput: z.boolean().default(false),
  repeatedQuestions: z.boolean().default(false),
});

const operations = z.strictObject({
  environment: ask(z.enum(['homelab', 'dev', 'staging', 'prod']), {
    row: 'Q9',
    prompt: 'Environment',
    help: 'Ceremony follows it: a homelab skips what the record then lists with its risk.',
  }),
  availabilityPercent: ask(z.number().min(90).max(99.99), {
    row: 'Q9',
    prompt: 'Availability goal',
    help: '99.9% and above: spare replica and several zones.',
    unit: '%',
  }),
  onCall: z
    .strictObject({
      channel: ask(z.string().min(3).max(200), {
        row: 'Q9',
        prompt: 'On-call channel',
        help: 'Where alarms go: an e-mail address or #channel. Never a token or webhook secret.',
        example: 'platform-oncall@example.com',
      }),
      pages: ask(z.string().min(2).max(120), {
        row: 'Q9',
        prompt: 'Who is paged',
        help: 'A team or rota, printed on every runbook.',
      }),
    })
    .optional(),
  users: ask(z.number().int().positive().max(1_000_000_000), {
    row: 'Q9',
    prompt: 'Users',
    help: 'Per-user limits times users bound the load.',
    unit: 'users',
  }),
  rateLimitPerUser: z.strictObject({
    requestsPerMinute: ask(z.number().positive().max(1_000_000), {
      row: 'Q9',
      prompt: 'Requests a user may make',
      help: 'Enforced at the gateway (P5).',
      unit: 'requests/min',
    }),
    tokensPerMinute: ask(z.number().positive().max(1_000_000_000), {
      row: 'Q9',
      prompt: 'Tokens a user may use',
      help: 'Input and output; keeps one user from starving the rest.',
      unit: 'tokens/min',
    }),
  }),
  rtoHours: ask(z.number().min(0.05).max(8760), {
    row: 'Q9',
    prompt: 'Recovery time objective',
    help: 'How long a restore may take.',
    unit: 'hours',
  }),
  rpoHours: ask(z.number().min(0).max(8760), {
    row: 'Q9',
    prompt: 'Recovery point objective',
    help: 'How much data may be lost: the backup interval.',
    unit: 'hours',
  }),
  crossRegionCopies: z.boolean().default(false),
});

/** Answers to Q1–Q9 by section; cross-field rules live in `rules.ts`, so that this stays a plain object schema. */
export const answersSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/,
      'lower-case letters, digits and hyphens, 3 to 30 of them, starting with a letter',
    )
    .meta({ title: 'Name of the platform', description: 'Prefix of stacks, cluster and namespaces.' }),
  preset: z
    .string()
    .max(60)
    .optional()
    .meta({ description: 'The preset these answers started from; records then say «from preset».' }),
  latency,
  throughput,
  model,
  fineTuning,
  retrieval,
  infrastructure,
  compliance,
  application,
  operations,
  pins: z
    .record(
      z.string().regex(/^D([1-9]|1[01])$/),
      z.strictObject({ choice: z.string().min(1).max(120), reason: z.string().min(10).max(1000) }),
    )
    .default({})
    .meta({
      description: 'Decisions held by hand, by id, each with a reason. A pin that breaks a hard limit is refused.',
    }),
});

/** What the user writes: defaults not yet applied. */
export type Answers = z.input<typeof answersSchema>;
/** What the planner reads: parsed, defaults applied, cross-field rules hold. */
export type Requirements = z.output<typeof answersSchema>;
export type FrameworkId = (typeof frameworks)[number];
