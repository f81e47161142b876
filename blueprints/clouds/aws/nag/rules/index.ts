import type { Rule } from '../rule.ts';
import { collectionRules } from './collections.ts';
import { eksRules, nodeRules } from './eks.ts';
import { identityRules } from './identity.ts';
import { networkRules } from './network.ts';
import { startRules } from './nodes.ts';
import { storageRules } from './storage.ts';
import { storeRules } from './stores.ts';
import { templateRules } from './templates.ts';

/** The rule pack of our own, beside the published ones. */
export const ownRules: readonly Rule[] = [
  ...eksRules,
  ...nodeRules,
  ...startRules,
  ...networkRules,
  ...storageRules,
  ...identityRules,
  ...storeRules,
  ...collectionRules,
  ...templateRules,
];
