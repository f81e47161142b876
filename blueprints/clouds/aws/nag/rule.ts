import type { ControlId } from '../../../../lib/compliance/index.ts';
import type { World } from './world.ts';

export interface Finding {
  readonly rule: string;
  /** Distinguishes several findings of a rule on one resource: `Action::s3:*`. */
  readonly detail?: string;
  /** Address of the resource or object; the stack's name for a rule about a whole template. */
  readonly resource: string;
  readonly message: string;
}

/** A rule of our own: what cdk-nag's packs hold nothing on, or hold less strictly. */
export interface Rule {
  /** `Groundplan-EKS1`; an acknowledgement names it. */
  readonly id: string;
  readonly title: string;
  /** The guarantee it protects. */
  readonly control: ControlId;
  /** Findings without the rule's id, which the runner adds. */
  readonly check: (world: World) => readonly Omit<Finding, 'rule'>[];
}

/** Runs every rule; findings in the order of rules, then resources. */
export function runRules(rules: readonly Rule[], world: World): readonly Finding[] {
  return rules.flatMap((rule) => rule.check(world).map((finding) => ({ rule: rule.id, ...finding })));
}
