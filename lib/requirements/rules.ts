import type { Catalog } from '../catalog/catalog.ts';
import type { Reason } from '../outcome.ts';
import { complianceRules } from './rules/compliance.ts';
import { infrastructureRules } from './rules/infrastructure.ts';
import { loadRules } from './rules/load.ts';
import { modelRules } from './rules/model.ts';
import { operationsRules } from './rules/operations.ts';
import type { SoundSections } from './rules/rule.ts';

const rules = [...loadRules, ...modelRules, ...infrastructureRules, ...complianceRules, ...operationsRules];

/** Every contradiction between answers, over the sections whose own shape is sound. */
export function brokenRules(answers: SoundSections, catalog: Catalog | undefined): readonly Reason[] {
  return rules.flatMap((rule) => rule(answers, catalog));
}
