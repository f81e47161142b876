import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** A question to a log group, saved in CloudWatch Logs Insights. */
export interface InsightsQuery {
  readonly id: string;
  readonly question: string;
  readonly logGroup: 'trail' | 'cluster';
  readonly query: string;
}

const reads = (bucket: string) =>
  `filter eventSource = 's3.amazonaws.com' and requestParameters.bucketName like /${bucket}/ | fields eventTime, userIdentity.arn, eventName, requestParameters.key, sourceIPAddress | sort eventTime desc`;

const insightsQueries: readonly InsightsQuery[] = [
  {
    id: 'who-read-the-prompt-log',
    question: 'Who read the prompt log, and which part of it?',
    logGroup: 'trail',
    query: reads('promptlog'),
  },
  {
    id: 'who-asked-the-prompt-log',
    question: 'Which questions were put to the prompt log, and by whom?',
    logGroup: 'trail',
    query:
      "filter eventSource = 'athena.amazonaws.com' and eventName = 'StartQueryExecution' | fields eventTime, userIdentity.arn, requestParameters.queryString, requestParameters.workGroup | sort eventTime desc",
  },
  {
    id: 'who-read-the-models',
    question: 'Who read or wrote model artifacts?',
    logGroup: 'trail',
    query: reads('models'),
  },
  {
    id: 'who-used-which-key',
    question: 'Which principals decrypted with our keys?',
    logGroup: 'trail',
    query:
      "filter eventSource = 'kms.amazonaws.com' and eventName = 'Decrypt' | stats count(*) as calls by userIdentity.arn, resources.0.ARN | sort calls desc",
  },
  {
    id: 'who-became-administrator',
    question: 'Who assumed the administrator role of the cluster?',
    logGroup: 'trail',
    query:
      "filter eventName = 'AssumeRole' and requestParameters.roleArn like /AdministratorRole/ | fields eventTime, userIdentity.arn, sourceIPAddress | sort eventTime desc",
  },
  {
    id: 'who-changed-the-cluster',
    question: 'Which people and builds changed objects of the cluster?',
    logGroup: 'cluster',
    query:
      "filter @logStream like /kube-apiserver-audit/ and verb in ['create', 'update', 'patch', 'delete'] and user.username not like /^system:/ | fields @timestamp, user.username, verb, objectRef.namespace, objectRef.resource, objectRef.name | sort @timestamp desc",
  },
  {
    id: 'who-read-secrets',
    question: 'Who read secrets in the cluster?',
    logGroup: 'cluster',
    query:
      "filter @logStream like /kube-apiserver-audit/ and objectRef.resource = 'secrets' and verb in ['get', 'list', 'watch'] | stats count(*) as reads by user.username, objectRef.namespace | sort reads desc",
  },
];

/** P13: the questions about who did what, saved beside the logs that answer them. */
export function addInsightsQueries(scope: Construct, plan: Plan): void {
  const cluster = plan.platform.existing.clusterName ?? plan.name;
  const groups = { trail: `/groundplan/${plan.name}/trail`, cluster: `/aws/eks/${cluster}/cluster` };
  for (const { id, question, logGroup, query } of insightsQueries) {
    new CfnQueryDefinition(scope, `InsightsQuery-${id}`, {
      name: `${plan.name}/${id}`,
      logGroupNames: [groups[logGroup]],
      queryString: `# ${question}\n${query}`,
    });
  }
}
