import type { z } from 'zod';
import type { Reason } from '../outcome.ts';
import type { Catalog } from './catalog.ts';
import {
  gpuSchema,
  hostedModelSchema,
  managedInstanceSchema,
  modelSchema,
  offerSchema,
  servicePriceSchema,
} from './schemas.ts';

function schemaReasons(table: string, rows: readonly unknown[], nameOf: (index: number) => string, schema: z.ZodType) {
  return rows.flatMap((row, index) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return [];
    return parsed.error.issues.map((issue): Reason => {
      const at = issue.path.map(String).join('.');
      return {
        path: `${table}/${nameOf(index)}${at === '' ? '' : `/${at}`}`,
        asked: 'a row of the catalogue’s schema with a source',
        found: issue.message,
        change: 'Correct the row in its data file.',
      };
    });
  });
}

/** Ids are unique; rows that stand for the same thing cannot both be right. */
function uniqueReasons(table: string, names: readonly string[]): Reason[] {
  const seen = new Set<string>();
  return names.flatMap((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: `${table}/${name}`, asked: 'one row', found: 'two', change: 'Remove one of them.' }];
  });
}

/** Every row of a catalogue against its schema, its source, and the rows it names. Empty: all is well. */
export function checkCatalog(catalog: Catalog): readonly Reason[] {
  const managed = catalog.managedInstances ?? [];
  const tables = [
    ['gpus', catalog.gpus, gpuSchema, catalog.gpus.map((row) => row.id)],
    ['models', catalog.models, modelSchema, catalog.models.map((row) => row.id)],
    ['offers', catalog.offers, offerSchema, catalog.offers.map((row) => `${row.cloud}/${row.instanceType}`)],
    ['hosted', catalog.hostedModels, hostedModelSchema, catalog.hostedModels.map((row) => row.id)],
    [
      'services',
      catalog.servicePrices,
      servicePriceSchema,
      catalog.servicePrices.map((row) => [row.cloud, row.service, row.item, row.region, row.tier ?? ''].join('/')),
    ],
    ['managed', managed, managedInstanceSchema, managed.map((row) => `${row.service}/${row.instanceType}`)],
  ] as const;
  const reasons: Reason[] = [];
  for (const [table, rows, schema, names] of tables) {
    reasons.push(...schemaReasons(table, rows, (index) => names[index] ?? String(index), schema));
    reasons.push(...uniqueReasons(table, names));
  }
  const gpuIds = new Set(catalog.gpus.map((row) => row.id));
  for (const { instanceType, gpu } of catalog.offers) {
    if (gpu && !gpuIds.has(gpu.id))
      reasons.push({
        path: `offers/${instanceType}/gpu`,
        asked: 'a GPU of the catalogue',
        found: gpu.id,
        change: 'Add the GPU, or correct the offer.',
      });
  }
  return reasons;
}
