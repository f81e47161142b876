import type { Source } from '../catalog/source.ts';
import type { ControlId } from './controls.ts';

/** One paragraph of a framework, in our words. */
export interface Clause {
  /** As the framework numbers it: `164.312(b)`, `CC6.1`, `AU-11`. */
  readonly id: string;
  /** A short paraphrase; never the framework's text. */
  readonly asks: string;
  readonly controls: readonly ControlId[];
  /** What no tool can prove: stays with the customer. */
  readonly duty?: string;
}

/** Figures a framework sets; what it does not set is absent. The strictest one of several frameworks wins. */
export interface FrameworkParameters {
  /** Days an audit record must be kept, leap days included. */
  readonly auditRetentionDays?: number;
  /** Days logs must be at hand for a search. */
  readonly logRetentionDays?: number;
  readonly backupRetentionDays?: number;
  readonly fips?: boolean;
  /** Audit records may not be shortened by anybody, the account's owner included. */
  readonly writeOnce?: boolean;
  readonly promptAudit?: boolean;
  readonly crossRegionBackup?: boolean;
  /** Residency ids of which a region must carry at least one. Absent: any region. */
  readonly jurisdictions?: readonly string[];
  /** Why each figure is what it is: clause and reading. */
  readonly because: Readonly<Record<string, string>>;
}

export interface Framework {
  readonly title: string;
  readonly source: Source;
  readonly clauses: readonly [Clause, ...Clause[]];
  readonly parameters: FrameworkParameters;
}
