import {
  type CheckedControl,
  type ControlId,
  checkControls,
  complianceFor,
  controlIds,
  type Duty,
  frameworks,
  type Proof,
} from '../../../lib/compliance/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { awsControls } from './controls.ts';
import { runRules } from './nag/rule.ts';
import { ownRules } from './nag/rules/index.ts';
import { type KubernetesObject, type StackTemplate, type World, worldOf } from './nag/world.ts';

/** One line of the matrix: a clause of a framework, the guarantee it asks for, where it is, and how to see it. */
export interface MatrixRow extends CheckedControl {
  /** `164.312(b)` of `HIPAA Security Rule`, spelled for a reader. */
  readonly clauseTitles: readonly string[];
}

export interface ComplianceMatrix {
  readonly rows: readonly MatrixRow[];
  /** What no tool can prove. */
  readonly duties: readonly (Duty & { readonly frameworkTitle: string })[];
  readonly unmet: readonly MatrixRow[];
}

/**
 * Control → clause → resource → evidence, for the compliance document and for `verify`. A control is met when a resource
 * proves it and none of our rules finds one that breaks it.
 */
export function complianceMatrix(
  plan: Plan,
  templates: readonly StackTemplate[],
  manifests: readonly KubernetesObject[],
): ComplianceMatrix {
  const world = worldOf(plan, templates, manifests);
  const findings = runRules(ownRules, world);
  const offendersOf = (id: ControlId) => {
    const rules = new Set(ownRules.filter((rule) => rule.control === id).map((rule) => rule.id));
    return [...new Set(findings.filter(({ rule }) => rules.has(rule)).map(({ resource }) => resource))];
  };
  const proofs = Object.fromEntries(
    controlIds.map((id) => [id, proofOf(id, world, offendersOf(id))]),
  ) as unknown as Record<ControlId, Proof>;
  const compliance = complianceFor(plan.requirements);
  const rows = checkControls(compliance, proofs).map((row) => ({
    ...row,
    clauseTitles: row.clauses.map(({ framework, clause }) => `${frameworks[framework].title} ${clause}`),
  }));
  return {
    rows,
    duties: compliance.duties.map((duty) => ({ ...duty, frameworkTitle: frameworks[duty.framework].title })),
    unmet: rows.filter((row) => row.state === 'unmet'),
  };
}

function proofOf(id: ControlId, world: World, offenders: readonly string[]): Proof {
  const proof = awsControls[id];
  const instead = proof.instead?.(world.plan);
  if (instead) return instead;
  const resources = [...new Set(proof.resources(world))].sort();
  return { kind: 'resources', resources, offenders, evidence: proof.evidence(world.plan) };
}
