import { beforeAll, describe, expect, test } from 'vitest';
import { complianceMatrix } from '../../blueprints/clouds/aws/compliance-matrix.ts';
import { awsControls } from '../../blueprints/clouds/aws/controls.ts';
import { at, type KubernetesObject, type StackTemplate, worldOf } from '../../blueprints/clouds/aws/nag/world.ts';
import { unvalidated, withSynthesized } from '../../blueprints/clouds/aws/raise.ts';
import { type Case, planFor } from '../../conformance/aws/cases.ts';
import { manifestsOf } from '../../conformance/aws/manifests.ts';
import { type ControlId, controlIds } from '../../lib/compliance/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';

interface Platform {
  readonly plan: Plan;
  readonly templates: readonly StackTemplate[];
  readonly objects: readonly KubernetesObject[];
}

async function platformOf(row: Case): Promise<Platform> {
  const plan = planFor(row);
  if (!plan.ok) throw new Error(JSON.stringify(plan.reasons));
  const objects = await manifestsOf(plan.value);
  const templates = withSynthesized(plan.value, (_app, all) => all, unvalidated);
  return { plan: plan.value, templates, objects };
}

const federal: Case = {
  preset: 'hipaa-document-assistant',
  regime: 'fedramp-moderate',
  vpc: 'new',
  path: 'internet',
  system: 'bottlerocket',
};
let platform: Platform;
let nothing: ReturnType<typeof complianceMatrix>;

beforeAll(async () => {
  platform = await platformOf(federal);
  nothing = complianceMatrix(platform.plan, [], []);
}, 60_000);

const matrixOf = ({ plan, templates, objects }: Platform) => complianceMatrix(plan, templates, objects);

test('every control of a demanding regime is proven by resources, with a query an auditor runs', () => {
  const matrix = matrixOf(platform);
  expect(matrix.unmet.map(({ id, note }) => `${id}: ${note}`)).toEqual([]);
  for (const row of matrix.rows.filter(({ state }) => state === 'met')) {
    expect(row.resources.length, row.id).toBeGreaterThan(0);
    expect(row.evidence, row.id).toMatch(/^(aws|kubectl) /);
  }
});

test('clauses and duties of the regime are in the matrix', () => {
  const matrix = matrixOf(platform);
  const retention = matrix.rows.find(({ id }) => id === 'audit-retention');
  expect(retention?.clauseTitles.join()).toContain('AU-11');
  expect(matrix.duties.map(({ clause }) => clause)).toContain('IA-2');
});

describe('fails when nothing proves', () => {
  test.each(controlIds)('%s', (id: ControlId) => {
    const { plan } = platform;
    if (awsControls[id].instead?.(plan)) return;
    expect(awsControls[id].resources(worldOf(plan, [], []))).toEqual([]);
    const asked = nothing.rows.find((row) => row.id === id);
    if (asked && asked.state !== 'not-applicable') expect(asked.state).toBe('unmet');
  });
});

/** Takes one property away from every resource of a kind. */
function without(type: string, property: string): Platform {
  const templates = JSON.parse(JSON.stringify(platform.templates)) as {
    stackName: string;
    template: { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  }[];
  for (const { template } of templates) {
    for (const resource of Object.values(template.Resources)) {
      if (resource.Type === type) delete resource.Properties[property];
    }
  }
  return { ...platform, templates: templates as unknown as readonly StackTemplate[] };
}

test.each<[ControlId, string, string]>([
  ['key-rotation', 'AWS::KMS::Key', 'EnableKeyRotation'],
  ['encryption-at-rest-cmk', 'AWS::Logs::LogGroup', 'KmsKeyId'],
  ['private-api-endpoint', 'AWS::EKS::Cluster', 'ResourcesVpcConfig'],
  ['control-plane-logs', 'AWS::EKS::Cluster', 'Logging'],
  ['cluster-secrets-encryption', 'AWS::EKS::Cluster', 'EncryptionConfig'],
  ['versioned-storage', 'AWS::S3::Bucket', 'VersioningConfiguration'],
  ['audit-write-once', 'AWS::S3::Bucket', 'ObjectLockConfiguration'],
  ['log-retention', 'AWS::Logs::LogGroup', 'RetentionInDays'],
  ['network-private-subnets', 'AWS::EC2::Subnet', 'MapPublicIpOnLaunch'],
  ['node-hardening', 'AWS::EC2::LaunchTemplate', 'LaunchTemplateData'],
  ['tls-in-transit', 'AWS::S3::BucketPolicy', 'PolicyDocument'],
])('%s fails when %s loses its %s', (id, type, property) => {
  expect(matrixOf(without(type, property)).unmet.map((row) => row.id)).toContain(id);
});

test('a network of the user’s own is the user’s to show', async () => {
  const existing = await platformOf({ ...federal, regime: 'soc2', vpc: 'existing' });
  const rows = matrixOf(existing).rows;
  expect(rows.find(({ id }) => id === 'network-flow-logs')?.state).toBe('duty');
  expect(rows.find(({ id }) => id === 'network-private-subnets')?.state).toBe('duty');
});

describe('a regime changes resources, not only labels', () => {
  const locks = ({ templates, plan }: Platform) =>
    worldOf(plan, templates)
      .resources.filter(({ type, logicalId }) => type === 'AWS::S3::Bucket' && logicalId === 'Trail')
      .map(({ properties }) => Number(at(properties, 'ObjectLockConfiguration.Rule.DefaultRetention.Days')));

  test('HIPAA locks the trail for six years; the answers’ own retention stays where it is longer than FedRAMP’s', async () => {
    expect(locks(await platformOf({ ...federal, regime: 'hipaa' }))).toEqual([2192]);
    const answered = platform.plan.requirements.compliance.auditLog.retentionDays ?? 0;
    expect(locks(platform)).toEqual([Math.max(914, answered)]);
  });

  test('FedRAMP sends workloads to FIPS endpoints and copies backups to a second region', () => {
    const { plan, templates, objects } = platform;
    expect(plan.platform.fips).toBe(true);
    expect(awsControls['tls-in-transit-fips'].resources(worldOf(plan, templates, objects)).length).toBeGreaterThan(0);
    expect(plan.platform.recoveryRegion).toMatch(/^us-/);
  });
});
