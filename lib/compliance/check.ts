import type { Compliance, RequiredControl } from './compliance-for.ts';
import { type ControlId, controls } from './controls.ts';

/** How a cloud answers for one control: with resources, with a reason it cannot be needed, or by handing it back. */
export type Proof =
  | {
      readonly kind: 'resources';
      /** `aws/Audit/AuditBucket` …; empty: nothing proves it. */
      readonly resources: readonly string[];
      /** Resources that break the guarantee although others keep it. */
      readonly offenders?: readonly string[];
      /** What an auditor runs to see it. */
      readonly evidence: string;
    }
  | { readonly kind: 'not-applicable'; readonly because: string }
  | { readonly kind: 'duty'; readonly because: string };

export type ControlState = 'met' | 'unmet' | 'not-applicable' | 'duty';

export interface CheckedControl extends RequiredControl {
  readonly state: ControlState;
  readonly resources: readonly string[];
  readonly offenders: readonly string[];
  readonly evidence: string;
  readonly note: string;
}

/** Holds every required control against what was found. A control with an offender is unmet, whatever else proves it. */
export function checkControls(
  compliance: Pick<Compliance, 'controls' | 'notApplicable'>,
  proofs: Readonly<Record<ControlId, Proof>>,
): readonly CheckedControl[] {
  const none = { resources: [], offenders: [], evidence: '' } as const;
  const checked = compliance.controls.map((control): CheckedControl => {
    const proof = proofs[control.id];
    if (proof.kind !== 'resources') return { ...control, ...none, state: proof.kind, note: proof.because };
    const offenders = proof.offenders ?? [];
    const met = proof.resources.length > 0 && offenders.length === 0;
    const note = met
      ? ''
      : offenders.length > 0
        ? `${offenders.length} resource${offenders.length === 1 ? '' : 's'} without it`
        : 'no resource proves it';
    return {
      ...control,
      state: met ? 'met' : 'unmet',
      resources: proof.resources,
      offenders,
      evidence: proof.evidence,
      note,
    };
  });
  const skipped = compliance.notApplicable.map(
    ({ id, because }): CheckedControl => ({
      id,
      title: controls[id].title,
      clauses: [],
      ...none,
      state: 'not-applicable',
      note: because,
    }),
  );
  return [...checked, ...skipped];
}
