import { z } from 'zod';
import { ask } from '../question.ts';

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
  nodes: ask(z.number().int().positive().max(10_000).default(1), {
    row: 'Q6',
    prompt: 'How many such machines',
    help: 'Replicas spread over them; a model too large for one machine needs several.',
    unit: 'machines',
  }),
});

/** Q6: where it runs and what it may cost. */
export const infrastructure = z.strictObject({
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
      allow: ask(z.array(z.string().min(1).max(40)).max(50).optional(), {
        row: 'Q6',
        prompt: 'GPU types you can get',
        help: 'Leave empty for all of the catalogue.',
        example: ['L40S', 'H100-SXM'],
      }),
      quota: ask(z.record(z.string().min(1).max(40), z.number().int().min(0).max(100_000)).optional(), {
        row: 'Q6',
        prompt: 'GPUs your account may start, by type',
        help: 'A plan above a quota is refused; a missing type counts as unlimited.',
        advanced: true,
        example: { 'H100-SXM': 8 },
      }),
    })
    .prefault({}),
  reservations: ask(
    z
      .array(
        z.strictObject({
          instanceType: z.string().min(3).max(40),
          count: z.number().int().positive().max(100_000),
          usdPerHour: z.number().min(0).max(10_000),
          reservationId: z
            .string()
            .regex(/^cr-[0-9a-f]+$/, 'a capacity reservation like cr-0123456789abcdef0')
            .optional(),
        }),
      )
      .default([]),
    {
      row: 'Q6',
      prompt: 'Capacity you have reserved',
      help: 'Used first, at your price; capacity-reservation ids are targeted.',
      advanced: true,
    },
  ),
  ownPrices: ask(
    z
      .array(
        z.strictObject({
          instanceType: z.string().min(3).max(40),
          region: z.string().min(3).max(40),
          usdPerHour: z.number().positive().max(10_000),
          note: z.string().max(300).optional(),
        }),
      )
      .default([]),
    {
      row: 'Q6',
      prompt: 'Your own prices',
      help: 'Replace the list price of an instance type in a region.',
      advanced: true,
    },
  ),
  discountPercent: ask(z.number().min(0).max(90).default(0), {
    row: 'Q6',
    prompt: 'Discount on list prices',
    help: 'A private pricing agreement; applies to machines without an own price.',
    unit: '%',
    advanced: true,
  }),
  purchases: ask(
    z
      .array(z.enum(['on-demand', 'spot', 'reserved-1y', 'reserved-3y']))
      .min(1)
      .default(['on-demand']),
    {
      row: 'Q6',
      prompt: 'Ways to buy machines',
      help: 'Spot is never used for traffic under a latency goal (D11). With on-demand beside a reserved term, the machines that always run may be reserved and the others stay on demand.',
    },
  ),
  owned: ask(z.array(ownedGpu).max(50).default([]), {
    row: 'Q6',
    prompt: 'Machines with GPUs that you own',
    help: 'GPU, how many in one machine, how many machines. They are paid for; only what they can hold is planned.',
    example: [{ gpu: 'L4', count: 1, nodes: 1 }],
  }),
  existing: z
    .strictObject({
      triton: ask(z.boolean().default(false), {
        row: 'Q6',
        prompt: 'Do you run Triton today?',
        help: 'Pipelines and ensembles stay there (D3.3).',
        advanced: true,
      }),
      huggingFace: ask(z.boolean().default(false), {
        row: 'Q6',
        prompt: 'Do you run TGI and the Hugging Face stack today?',
        help: 'Its images and habits then count for TGI (D3.2).',
        advanced: true,
      }),
      vpcId: ask(
        z
          .string()
          .regex(/^vpc-[0-9a-f]+$/, 'an id like vpc-0123456789abcdef0')
          .optional(),
        {
          row: 'Q6',
          prompt: 'Existing network (VPC id)',
          help: 'Used instead of a new one, with its private subnets.',
          advanced: true,
        },
      ),
      privateSubnetIds: ask(
        z
          .array(z.string().regex(/^subnet-[0-9a-f]+$/, 'an id like subnet-0123456789abcdef0'))
          .max(16)
          .optional(),
        {
          row: 'Q6',
          prompt: 'Private subnets of that network',
          help: 'One for each availability zone, in the same order.',
          advanced: true,
        },
      ),
      availabilityZones: ask(
        z
          .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'a zone like eu-central-1a'))
          .max(16)
          .optional(),
        {
          row: 'Q6',
          prompt: 'Zones of those subnets',
          help: 'In the order of the subnets.',
          advanced: true,
        },
      ),
      clusterName: ask(z.string().min(1).max(100).optional(), {
        row: 'Q6',
        prompt: 'Existing cluster',
        help: 'Node pools and charts are added to it; no cluster is raised.',
        advanced: true,
      }),
      clusterSecurityGroupId: ask(
        z
          .string()
          .regex(/^sg-[0-9a-f]+$/, 'an id like sg-0123456789abcdef0')
          .optional(),
        {
          row: 'Q6',
          prompt: 'Security group of that cluster’s nodes (id)',
          help: 'Stores admit it and nothing else; without it you open them by hand after the deployment.',
          advanced: true,
        },
      ),
      kmsKeyArn: ask(
        z
          .string()
          .regex(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+$/, 'the ARN of a KMS key')
          .optional(),
        {
          row: 'Q6',
          prompt: 'Existing encryption key (KMS ARN)',
          help: 'Used for every data class instead of new keys.',
          advanced: true,
        },
      ),
      hostedZoneId: ask(
        z
          .string()
          .regex(/^Z[A-Z0-9]+$/, 'an id like Z0123456789ABCDEFGHIJ')
          .optional(),
        {
          row: 'Q6',
          prompt: 'Existing hosted zone (id)',
          help: 'The gateway’s name is added to it.',
          advanced: true,
        },
      ),
      hostedZoneName: ask(z.string().min(3).max(253).optional(), {
        row: 'Q6',
        prompt: 'Name of that hosted zone',
        help: 'The gateway answers at a name beneath it.',
        example: 'internal.example.com',
        advanced: true,
      }),
    })
    .prefault({}),
  isolated: ask(z.boolean().default(false), {
    row: 'Q6',
    prompt: 'No internet path at all?',
    help: 'No NAT and no internet gateway: endpoints, mirrored images and models only (P1).',
  }),
  ipv6: ask(z.boolean().default(false), {
    row: 'Q6',
    prompt: 'IPv6 for pods and network?',
    help: 'Spares private IPv4 ranges; some older tools do not speak it.',
    advanced: true,
  }),
  provisioning: ask(z.enum(['managed-node-groups', 'karpenter', 'auto-mode']).optional(), {
    row: 'Q6',
    prompt: 'How are nodes provisioned today?',
    help: 'Leave empty to let cost and availability decide (D11).',
    advanced: true,
  }),
  nodeOperatingSystem: ask(z.enum(['bottlerocket', 'al2023']).default('bottlerocket'), {
    row: 'Q6',
    prompt: 'Operating system of the nodes',
    help: 'bottlerocket: small, read-only, without a shell. al2023: Amazon Linux, for host agents that need packages (P2).',
    advanced: true,
  }),
  cpuOnly: ask(z.boolean().default(false), {
    row: 'Q6',
    prompt: 'No GPU at all?',
    help: 'CPU fallback or edge: llama.cpp with a GGUF model (D3.5, D4.3). Slow: a few tokens/s.',
    advanced: true,
  }),
  workloadsBesideLlm: ask(z.array(z.enum(['vision', 'audio'])).default([]), {
    row: 'Q6',
    prompt: 'Other models served beside the LLM',
    help: 'Vision or audio models with ensembles point to Triton (D3.3).',
    advanced: true,
  }),
});
