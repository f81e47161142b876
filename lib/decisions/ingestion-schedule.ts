import type { Requirements } from '../requirements/schema.ts';

/** Twice as often as the tolerance, so that a failed run still leaves a second one inside it. */
export function ingestionSchedule({ stalenessToleranceHours, updates }: Requirements['retrieval']): string {
  const hours =
    (stalenessToleranceHours ?? { static: 8760, weekly: 168, daily: 24, 'real-time': 0 }[updates ?? 'weekly']) / 2;
  if (updates === 'real-time' || hours < 0.5) return 'continuous';
  if (hours < 1) return '*/30 * * * *';
  if (hours < 24) return `0 */${Math.max(1, Math.min(12, Math.floor(hours)))} * * *`;
  if (hours < 168) return `0 2 */${Math.max(1, Math.floor(hours / 24))} * *`;
  return '0 2 * * 0';
}

/** A schedule as people say it: `every day at 02:00 UTC`. Cron itself is for configuration. */
export function scheduleText(schedule: string): string {
  const every = (step: string, unit: string) => (step === '1' ? `every ${unit}` : `every ${step} ${unit}s`);
  const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(schedule) ?? [];
  if (minutes !== undefined) return every(minutes, 'minute');
  const [, hours] = /^0 \*\/(\d+) \* \* \*$/.exec(schedule) ?? [];
  if (hours !== undefined) return every(hours, 'hour');
  const [, days] = /^0 2 \*\/(\d+) \* \*$/.exec(schedule) ?? [];
  if (days !== undefined) return `${every(days, 'day')} at 02:00 UTC`;
  return schedule === '0 2 * * 0' ? 'every Sunday at 02:00 UTC' : schedule;
}
