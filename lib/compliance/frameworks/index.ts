import type { FrameworkId } from '../../requirements/schema.ts';
import type { Framework } from '../framework.ts';
import { euAiAct } from './eu-ai-act.ts';
import { fedrampModerate } from './fedramp-moderate.ts';
import { gdpr } from './gdpr.ts';
import { hipaa } from './hipaa.ts';
import { iso27001 } from './iso27001.ts';
import { pciDss } from './pci-dss.ts';
import { soc2 } from './soc2.ts';

/** Every framework an answer can name. To add one: its file and its line here. */
export const frameworks = {
  gdpr,
  hipaa,
  soc2,
  'pci-dss': pciDss,
  'fedramp-moderate': fedrampModerate,
  iso27001,
  'eu-ai-act': euAiAct,
} as const satisfies Record<FrameworkId, Framework>;
