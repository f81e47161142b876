import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../blueprints/catalog.ts';
import { products } from '../../blueprints/index.ts';
import { nodeImageLimits, nodeImageReasons } from '../../lib/decisions/node-image.ts';
import type { Overlay } from '../fixtures/answers.ts';
import { requirementsOf } from './fixtures/answers.ts';

const catalog = loadCatalog(products);
const al2023 = { nodeOperatingSystem: 'al2023' } as const;
const federal: Overlay = {
  compliance: { frameworks: ['fedramp-moderate'], residency: 'us', auditLog: { required: true, retentionDays: 90 } },
};

describe('operating system of the nodes (D11)', () => {
  test.each([
    ['Bottlerocket under auto mode', 'auto-mode', {}, []],
    ['Amazon Linux in node groups', 'managed-node-groups', { infrastructure: al2023 }, []],
    ['Amazon Linux under Karpenter', 'karpenter', { infrastructure: al2023 }, []],
    ['Amazon Linux under auto mode', 'auto-mode', { infrastructure: al2023 }, ['auto mode runs Bottlerocket alone']],
    ['Bottlerocket under a federal regime', 'karpenter', federal, []],
    [
      'Amazon Linux under auto mode and a federal regime: both reasons at once',
      'auto-mode',
      { ...federal, infrastructure: al2023 },
      ['auto mode runs Bottlerocket alone', 'no image of it with the validated module is published'],
    ],
    ['the nodes of an existing cluster', 'existing', { ...federal, infrastructure: al2023 }, []],
  ] as const)('%s', (_title, kind, overlay, expected) => {
    const limits = nodeImageLimits(kind, requirementsOf(overlay), catalog);
    expect(limits.map(({ found }) => found)).toEqual(expected);
    for (const { path, change } of limits) {
      expect(path).toBe('infrastructure.nodeOperatingSystem');
      expect(change).toMatch(/Remove infrastructure\.nodeOperatingSystem/);
    }
  });

  test('the record says which system and why, and nothing of machines that are not ours', () => {
    expect(nodeImageReasons('karpenter', requirementsOf({}), catalog)).toEqual([
      expect.stringMatching(/^Nodes run Bottlerocket\. Read-only root/),
    ]);
    expect(nodeImageReasons('karpenter', requirementsOf({ infrastructure: al2023 }), catalog)).toEqual([
      expect.stringMatching(/^Nodes run Amazon Linux 2023, as the answers ask\. Writable root/),
    ]);
    expect(nodeImageReasons('existing', requirementsOf({}), catalog)).toEqual([]);
  });
});
