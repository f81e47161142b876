import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { calibrationFileName } from '../lib/capacity/calibration.ts';
import type { Calibrations } from '../lib/catalog/calibration.ts';
import { invalid, type Outcome, ok } from '../lib/outcome.ts';
import { readFault } from './disk.ts';

const scale = z.number().min(0.1).max(10);

const fileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  gpus: z.record(
    z.string(),
    z.strictObject({
      memory: scale,
      compute: scale,
      step: scale,
      request: scale,
      modelIds: z.array(z.string()),
      points: z.number().int().positive(),
      errorBand: z.number().positive().max(5),
    }),
  ),
});

/** Calibrations beside the answers in a folder; none without the file. */
export function readCalibrations(folder: string): Outcome<Calibrations> {
  const path = join(folder, calibrationFileName);
  if (!existsSync(path)) return ok({});
  const refuse = (found: string): Outcome<never> =>
    invalid([
      {
        path,
        asked: 'calibrations as `groundplan calibrate` writes them',
        found,
        change: 'Run `groundplan calibrate` again, or delete the file.',
      },
    ]);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return refuse(readFault(error));
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return ok(parsed.data.gpus);
  return refuse(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}
