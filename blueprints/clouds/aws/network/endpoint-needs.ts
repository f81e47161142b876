/** A service the platform calls, and why: the reason is printed in the documents. */
export interface EndpointNeed {
  readonly service: string;
  readonly because: string;
}

/** The parts of a plan that decide its endpoints; read before the plan is frozen, to price them, and after. */
export interface EndpointInputs {
  readonly requirements: { readonly compliance: { readonly residency: string } };
  readonly platform: {
    readonly isolated: boolean;
    readonly fips?: boolean;
    readonly environment: string;
    readonly provisioning: string;
    readonly existing: { readonly hostedZoneId?: string | undefined };
  };
  readonly audit: { readonly promptLog: boolean };
  readonly retrieval?: unknown;
  readonly vectorStore?: { readonly id: string } | undefined;
  readonly gateway: { readonly routes: readonly { readonly kind: string; readonly target: string }[] };
  readonly compliance: { readonly frameworks: readonly string[] };
}

/** Services with an interface endpoint of their own for FIPS; the plain one stays for clients that cannot be switched. */
const withFipsEndpoint = ['kms', 'sqs', 'ssm', 'sts', 'bedrock-runtime'] as const;

const baseline: readonly EndpointNeed[] = [
  { service: 'ec2', because: 'the network plugin and node start-up read and attach interfaces' },
  { service: 'ecr.api', because: 'nodes ask for image manifests' },
  { service: 'ecr.dkr', because: 'nodes pull image layers' },
  { service: 'eks', because: 'nodes and pipelines describe the cluster' },
  { service: 'eks-auth', because: 'pods exchange their identity for credentials' },
  { service: 'kms', because: 'objects, secrets and volumes are decrypted' },
  { service: 'logs', because: 'control-plane and pod logs are written' },
  { service: 'monitoring', because: 'metrics and alarms' },
  { service: 'secretsmanager', because: 'External Secrets reads credentials' },
  { service: 'sts', because: 'roles are assumed' },
];

/** Interface endpoints this plan needs, sorted. None where an internet path is accepted: then NAT carries the calls. */
export function interfaceEndpoints(plan: EndpointInputs): readonly EndpointNeed[] {
  if (!wantsEndpoints(plan)) return [];
  const needs = [...baseline];
  const add = (service: string, because: string) => needs.push({ service, because });
  if (plan.platform.provisioning === 'karpenter') {
    add('sqs', 'Karpenter reads interruption notices');
    add('ssm', 'Karpenter looks up machine images');
  } else if (plan.retrieval) {
    add('sqs', 'ingestion workers read their queue');
  }
  if (plan.platform.provisioning !== 'auto-mode') add('autoscaling', 'node groups scale');
  if (plan.audit.promptLog) add('kinesis-firehose', 'the gateway writes the prompt log');
  if (plan.vectorStore?.id === 's3-vectors') add('s3vectors', 'retrieval queries the vector index');
  if (usesBedrock(plan)) add('bedrock-runtime', 'the gateway calls hosted models');
  if (plan.platform.environment === 'prod' || plan.compliance.frameworks.length > 0) {
    add('guardduty-data', 'runtime monitoring reports findings');
  }
  if (plan.platform.fips) {
    for (const service of withFipsEndpoint) {
      if (needs.some((need) => need.service === service)) add(`${service}-fips`, 'FIPS 140 validated calls');
    }
  }
  if (plan.platform.existing.hostedZoneId) add('elasticloadbalancing', 'the entry is registered');
  return needs.sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** P1: endpoints instead of internet paths where residency, a regime, isolation or production asks. */
function wantsEndpoints(plan: EndpointInputs): boolean {
  return (
    plan.platform.isolated ||
    plan.platform.environment === 'prod' ||
    plan.compliance.frameworks.length > 0 ||
    plan.requirements.compliance.residency !== 'none'
  );
}

export function usesBedrock(plan: EndpointInputs): boolean {
  return plan.gateway.routes.some((route) => route.kind === 'hosted' && route.target.startsWith('bedrock/'));
}
