/**
 * A frozen plan comes in; the chain answer → row → decision → resource, flag or alert goes out, both ways, and the
 * difference of two plans with the answers that caused it. Everything is read from the plan and the reference; nothing
 * is decided or sized again here.
 */
export { type Comparison, comparePlans, comparisonText, type Difference } from './compare.ts';
export { type Explanation, explain, explanationText, nearSubjects } from './explain.ts';
export { decisionLinks } from './links.ts';
export { whyText } from './why.ts';
