import { type App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { templatesOf } from '../raise.ts';
import { type PackName, packsFor } from './packs.ts';
import { type Finding, runRules } from './rule.ts';
import { ownRules } from './rules/index.ts';
import { type KubernetesObject, worldOf } from './world.ts';

const packs: Readonly<Record<PackName, new (scope: IConstruct) => NagPack>> = {
  AwsSolutions: AwsSolutionsChecks,
  'HIPAA.Security': HIPAASecurityChecks,
  'NIST.800.53.R5': NIST80053R5Checks,
  'PCI.DSS.321': PCIDSS321Checks,
};

/** An acknowledgement as it stands on a construct. */
export interface AcknowledgedRule {
  readonly rule: string;
  readonly reason: string;
  readonly path: string;
}

export interface AppReport {
  readonly packs: readonly PackName[];
  /** Findings nobody accepted: every one is an error. */
  readonly findings: readonly Finding[];
  /** Findings that were accepted, with the reason; printed in the documents. */
  readonly accepted: readonly (Finding & { readonly reason: string })[];
  /** Acknowledgements that accept nothing: an error too, for they hide the next finding. */
  readonly unused: readonly AcknowledgedRule[];
  /** Acknowledgements without a real reason. */
  readonly withoutReason: readonly AcknowledgedRule[];
}

/** A reason says why, not that: some words, and not the rule's own name. */
const shortestReason = 25;

/**
 * Holds an app against cdk-nag's packs for its regimes and our own rules. Acknowledgements are read from the constructs
 * (`Validations.of(…).acknowledge`), for our rules as for the published ones.
 */
export function checkApp(app: App, plan: Plan, objects: readonly KubernetesObject[] = []): AppReport {
  const templates = templatesOf(app);
  const names = packsFor(plan.compliance.frameworks);
  const paths = pathsByAddress(app);
  const own = runRules(ownRules, worldOf(plan, templates, objects)).map((finding) => ({
    ...finding,
    path: paths.get(finding.resource) ?? '',
  }));
  const published = names.flatMap((name) => packFindings(app, name));
  const acknowledged = acknowledgedRules(app);
  const used = new Set<AcknowledgedRule>();
  const findings: Finding[] = [];
  const accepted: (Finding & { readonly reason: string })[] = [];
  for (const { path, ...finding } of [...published, ...own]) {
    const id = finding.detail === undefined ? finding.rule : `${finding.rule}[${finding.detail}]`;
    const rows = acknowledged.filter((row) => row.rule === id && isAtOrAbove(row.path, path));
    for (const row of rows) used.add(row);
    const first = rows[0];
    if (first) accepted.push({ ...finding, reason: first.reason });
    else findings.push(finding);
  }
  const checkedPrefixes = [...names.map((name) => `${name}-`), 'Groundplan-'];
  const ours = acknowledged.filter((row) => checkedPrefixes.some((prefix) => row.rule.startsWith(prefix)));
  return {
    packs: names,
    findings,
    accepted,
    unused: ours.filter((row) => !used.has(row)),
    withoutReason: acknowledged.filter((row) => row.reason.trim().length < shortestReason),
  };
}

/** Every finding of a pack, acknowledged or not. */
function packFindings(app: App, name: PackName): readonly (Finding & { readonly path: string })[] {
  const pack = new packs[name](app);
  // The pack drops acknowledged findings by itself; we want them, to see which acknowledgements are still needed.
  Object.defineProperty(pack, 'isAcknowledged', { value: () => false });
  return (pack.validateScope(app).violations ?? []).flatMap((violation) => {
    const [, rule = violation.ruleName, detail] = /^([^[]+)\[(.*)\]$/s.exec(violation.ruleName) ?? [];
    return violation.violatingResources.map((resource) => {
      const path = resource.constructPath ?? '';
      const finding = { rule, resource: path, message: violation.description, path };
      return detail === undefined ? finding : { ...finding, detail };
    });
  });
}

function acknowledgedRules(app: App): readonly AcknowledgedRule[] {
  return app.node.findAll().flatMap((node) =>
    node.node.metadata
      .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap((entry) =>
        Object.entries(entry.data as Readonly<Record<string, string>>).map(([id, reason]) => ({
          rule: id.replace(/^annotation::/i, ''),
          reason,
          path: node.node.path,
        })),
      ),
  );
}

function isAtOrAbove(ancestor: string, path: string): boolean {
  return ancestor === '' || path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Construct path of each resource by its `stack/logicalId`, so that our findings can be acknowledged like others. */
function pathsByAddress(app: App): ReadonlyMap<string, string> {
  const rows = app.node
    .findAll()
    .filter((node) => CfnResource.isCfnResource(node))
    .map((node) => {
      const stack = Stack.of(node);
      const id: unknown = stack.resolve((node as CfnResource).logicalId);
      return [`${stack.stackName}/${String(id)}`, node.node.path] as const;
    });
  return new Map(rows);
}
