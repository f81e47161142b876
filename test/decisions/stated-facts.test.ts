import { expect, test } from 'vitest';
import { ingestionSchedule, scheduleText } from '../../lib/decisions/ingestion-schedule.ts';
import { decidedFixture, requirementsOf } from './fixtures/answers.ts';

test.each([
  [0.5, 'continuous'],
  [1, 'every 30 minutes'],
  [2, 'every hour'],
  [24, 'every 12 hours'],
  [48, 'every day at 02:00 UTC'],
  [120, 'every 2 days at 02:00 UTC'],
  [8760, 'every Sunday at 02:00 UTC'],
])('a source that may be %s h old is read %s', (stalenessToleranceHours, text) => {
  const { retrieval } = requirementsOf();
  expect(scheduleText(ingestionSchedule({ ...retrieval, stalenessToleranceHours, updates: 'daily' }))).toBe(text);
});

test('D10 prices no option that needs a second model where there is none', () => {
  const options = decidedFixture({ model: { class: 'open-weight' } }).records.find(({ id }) => id === 'D10')?.options;
  const priced = options?.filter(({ usdPerMonth }) => usdPerMonth !== undefined).map(({ id }) => id);
  expect(priced).toEqual(['single']);
  expect(options?.length).toBeGreaterThan(1);
});

test('D10 prices the escalation where there is a pair', () => {
  const options = decidedFixture({
    model: { class: 'either', hostedId: 'big-1' },
    throughput: { requestsPerSecond: { expected: 2, peak: 4 } },
  }).records.find(({ id }) => id === 'D10')?.options;
  const single = options?.find(({ id }) => id === 'single')?.usdPerMonth ?? 0;
  expect(options?.find(({ id }) => id === 'cost-first')?.usdPerMonth).toBeDefined();
  for (const option of options?.filter(({ usdPerMonth }) => usdPerMonth !== undefined) ?? [])
    if (option.id !== 'single') expect(option.usdPerMonth, option.id).toBeGreaterThan(single);
});
