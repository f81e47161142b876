import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Two cores on the machines that decide; more workers only take turns.
    maxWorkers: 2,
  },
});
