import { CfnCertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { arn } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';

/** Name callers use, where the answers bring a zone: `<platform>.<zone>`. */
export function entryHost(plan: Plan): string | undefined {
  const zone = plan.platform.existing.hostedZoneName;
  return zone ? `${plan.name}.${zone}` : undefined;
}

/** AWS's own rule groups, in the order they run. */
const managedRules = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
] as const;

/** The common rules refuse bodies above 8 KB and text that looks like markup: prompts are both. */
const countedOnly = ['SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'GenericRFI_BODY', 'EC2MetaDataSSRF_BODY'];

/** A firewall stands before an entry of one's own name, and wherever the regime or a public use asks for it. */
export function wantsFirewall(plan: Plan): boolean {
  return entryHost(plan) !== undefined || plan.compliance.controls.some((control) => control.id === 'waf-on-entry');
}

/** P14: a certificate and a firewall for the entry; the load balancer in the cluster finds both by name. */
export function addEntryProtection(scope: Construct, plan: Plan, props: { readonly keyArn: string }): void {
  const host = entryHost(plan);
  const zoneId = plan.platform.existing.hostedZoneId;
  if (host && zoneId) {
    new CfnCertificate(scope, 'EntryCertificate', {
      domainName: host,
      validationMethod: 'DNS',
      domainValidationOptions: [{ domainName: host, hostedZoneId: zoneId }],
      keyAlgorithm: 'EC_prime256v1',
    });
  }
  if (wantsFirewall(plan)) addFirewall(scope, plan, props.keyArn);
}

function addFirewall(scope: Construct, plan: Plan, keyArn: string): void {
  const metrics = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
    metricName,
  });
  const firewall = new CfnWebACL(scope, 'EntryFirewall', {
    name: `${plan.name}-entry`,
    description: 'Filters what reaches the gateway',
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: metrics(`${plan.name}-entry`),
    rules: [
      {
        name: 'rate-by-address',
        priority: 0,
        action: { block: {} },
        // Behind one address stands an office, not one user: per-user limits are the gateway's.
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            evaluationWindowSec: 300,
            limit: Math.max(100, Math.ceil(plan.gateway.rateLimitPerUser.requestsPerMinute * 5 * 20)),
          },
        },
        visibilityConfig: metrics('rate-by-address'),
      },
      ...managedRules.map((name, index) => ({
        name,
        priority: index + 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: 'AWS',
            name,
            ruleActionOverrides:
              name === 'AWSManagedRulesCommonRuleSet'
                ? countedOnly.map((rule) => ({ name: rule, actionToUse: { count: {} } }))
                : undefined,
          },
        },
        visibilityConfig: metrics(name),
      })),
    ],
  });
  // WAF delivers only to groups with this prefix.
  const logs = encryptedLogGroup(scope, 'EntryLogs', {
    name: `aws-waf-logs-${plan.name}`,
    keyArn,
    days: plan.audit.logRetentionDays,
  });
  const logging = new CfnLoggingConfiguration(scope, 'EntryLogging', {
    resourceArn: firewall.attrArn,
    logDestinationConfigs: [arn('logs', `log-group:aws-waf-logs-${plan.name}`)],
    redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'x-api-key' } }],
  });
  logging.addResourceDependency(logs);
}
