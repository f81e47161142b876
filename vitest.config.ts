import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // A hung test must end; how long a sound one takes is the machine’s affair, and these machines are noisy.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores on the machines that decide; more workers only take turns.
    maxWorkers: 2,
  },
});
