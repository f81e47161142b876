import fc from 'fast-check';

/**
 * The same random cases each time, so that a change and nothing else decides whether the tests pass. Another seed looks
 * elsewhere: `GROUNDPLAN_PROPERTY_SEED=7 GROUNDPLAN_PROPERTY_RUNS=10000 npx vitest run test/requirements`.
 */
fc.configureGlobal({ seed: Number(process.env.GROUNDPLAN_PROPERTY_SEED ?? 1) });
