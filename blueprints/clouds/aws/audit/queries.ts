import type { Plan } from '../../../../lib/plan/plan.ts';

/** A column of the prompt log: the contract between the gateway that writes it and the auditor who reads it. */
export interface PromptLogColumn {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

export const promptLogColumns: readonly PromptLogColumn[] = [
  { name: 'time', type: 'timestamp', comment: 'arrival at the gateway, UTC' },
  { name: 'request_id', type: 'string', comment: 'identifies the request in every log' },
  { name: 'user_hash', type: 'string', comment: 'keyed hash of the user id; the key is in the secret store' },
  { name: 'team', type: 'string', comment: 'owner of the key' },
  { name: 'route', type: 'string', comment: 'model name the caller asked for' },
  { name: 'model_version', type: 'string', comment: 'registry id and revision that answered' },
  { name: 'input', type: 'string', comment: 'prompt, personal data redacted where asked' },
  { name: 'output', type: 'string', comment: 'answer, personal data redacted where asked' },
  { name: 'input_tokens', type: 'int', comment: '' },
  { name: 'output_tokens', type: 'int', comment: '' },
  { name: 'latency_ms', type: 'double', comment: 'end to end at the gateway' },
  { name: 'ttft_ms', type: 'double', comment: 'to the first token' },
  { name: 'status', type: 'int', comment: 'HTTP status' },
  { name: 'usd', type: 'double', comment: 'cost by the plan’s price per token' },
  { name: 'safety', type: 'string', comment: 'verdicts of input and output checks' },
];

/** Database names allow letters, digits and underscores. */
export function databaseName(plan: Plan): string {
  return `${plan.name.replaceAll('-', '_')}_audit`;
}

export interface AuditQuery {
  readonly id: string;
  /** The question as an auditor asks it. */
  readonly question: string;
  readonly sql: string;
}

export const auditQueries: readonly AuditQuery[] = [
  {
    id: 'requests-of-one-user',
    question: 'What did this user (by hash) ask, and what was answered?',
    sql: "SELECT time, model_version, input, output, latency_ms FROM prompts WHERE user_hash = '<hash>' AND day BETWEEN '<from>' AND '<to>' ORDER BY time",
  },
  {
    id: 'answers-of-one-model-version',
    question: 'Which requests did this model version answer?',
    sql: "SELECT time, request_id, user_hash, status FROM prompts WHERE model_version = '<version>' AND day BETWEEN '<from>' AND '<to>' ORDER BY time",
  },
  {
    id: 'blocked-requests',
    question: 'Which requests did the safety checks stop?',
    sql: "SELECT time, request_id, user_hash, route, safety FROM prompts WHERE safety <> '' AND safety NOT LIKE '%pass%' AND day BETWEEN '<from>' AND '<to>' ORDER BY time",
  },
  {
    id: 'volume-and-cost-by-team',
    question: 'How much did each team use and spend?',
    sql: "SELECT day, team, count(*) AS requests, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(usd) AS usd FROM prompts WHERE day BETWEEN '<from>' AND '<to>' GROUP BY day, team ORDER BY day, team",
  },
  {
    id: 'latency-percentiles',
    question: 'Were the latency goals met?',
    sql: "SELECT day, route, approx_percentile(latency_ms, ARRAY[0.5, 0.95, 0.99]) AS latency_ms, approx_percentile(ttft_ms, ARRAY[0.5, 0.95, 0.99]) AS ttft_ms FROM prompts WHERE day BETWEEN '<from>' AND '<to>' GROUP BY day, route ORDER BY day, route",
  },
  {
    id: 'gaps-in-the-log',
    question: 'Is any hour without a record?',
    sql: "SELECT date_trunc('hour', time) AS hour, count(*) AS requests FROM prompts WHERE day BETWEEN '<from>' AND '<to>' GROUP BY 1 ORDER BY 1",
  },
];
