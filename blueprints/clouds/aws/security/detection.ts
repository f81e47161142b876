import { Aws } from 'aws-cdk-lib';
import { CfnAnalyzer } from 'aws-cdk-lib/aws-accessanalyzer';
import { CfnConfigRule, CfnConfigurationRecorder, CfnDeliveryChannel } from 'aws-cdk-lib/aws-config';
import { CfnDetector } from 'aws-cdk-lib/aws-guardduty';
import { CfnHub, CfnStandard } from 'aws-cdk-lib/aws-securityhub';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, awsManagedPolicy, encryptWith, sameAccount, serviceRole } from '../iam.ts';
import { privateBucket } from '../private-bucket.ts';
import { ownsAccountBaseline } from './account-baseline.ts';
import { configRulesFor, wantsDetection } from './config-rules.ts';

export function addDetection(
  scope: Construct,
  plan: Plan,
  props: { readonly keyArn: string; readonly accessLogs: string },
): void {
  if (!wantsDetection(plan) || !ownsAccountBaseline(scope)) return;
  new CfnDetector(scope, 'ThreatDetector', {
    enable: true,
    findingPublishingFrequency: 'FIFTEEN_MINUTES',
    features: [
      { name: 'S3_DATA_EVENTS', status: 'ENABLED' },
      { name: 'EKS_AUDIT_LOGS', status: 'ENABLED' },
      { name: 'EBS_MALWARE_PROTECTION', status: 'ENABLED' },
      { name: 'RDS_LOGIN_EVENTS', status: 'ENABLED' },
      {
        name: 'RUNTIME_MONITORING',
        status: 'ENABLED',
        additionalConfiguration: [{ name: 'EKS_ADDON_MANAGEMENT', status: 'ENABLED' }],
      },
    ],
  });
  new CfnAnalyzer(scope, 'AccessAnalyzer', { type: 'ACCOUNT', analyzerName: plan.name });
  addSecurityHub(scope, plan);
  addConfigRules(scope, plan, props);
}

function addSecurityHub(scope: Construct, plan: Plan): void {
  const hub = new CfnHub(scope, 'SecurityHub', { enableDefaultStandards: false, autoEnableControls: true });
  const standards = ['aws-foundational-security-best-practices/v/1.0.0'];
  if (plan.compliance.frameworks.includes('pci-dss')) standards.push('pci-dss/v/4.0.1');
  if (plan.compliance.frameworks.includes('fedramp-moderate')) standards.push('nist-800-53/v/5.0.0');
  for (const standard of standards) {
    const name = standard.split('/')[0] ?? standard;
    new CfnStandard(scope, `Standard-${name}`, {
      standardsArn: `arn:${Aws.PARTITION}:securityhub:${Aws.REGION}::standards/${standard}`,
    }).addResourceDependency(hub);
  }
}

function addConfigRules(
  scope: Construct,
  plan: Plan,
  props: { readonly keyArn: string; readonly accessLogs: string },
): void {
  const history = privateBucket(scope, 'ConfigurationHistory', {
    keyArn: props.keyArn,
    accessLogs: { bucketName: props.accessLogs, prefix: 'configuration-history/' },
    statements: (bucketArn) => [
      {
        ...allow(['s3:GetBucketAcl', 's3:ListBucket'], [bucketArn], sameAccount),
        Principal: { Service: 'config.amazonaws.com' },
      },
      {
        ...allow(['s3:PutObject'], [`${bucketArn}/AWSLogs/${Aws.ACCOUNT_ID}/Config/*`], sameAccount),
        Principal: { Service: 'config.amazonaws.com' },
      },
    ],
  });
  const role = serviceRole(scope, 'ConfigurationRecorderRole', {
    description: 'Records the configuration of resources',
    service: 'config.amazonaws.com',
    assumeConditions: sameAccount,
    managedPolicies: [awsManagedPolicy('service-role/AWS_ConfigRole')],
    statements: [
      allow(['s3:GetBucketAcl'], [history.attrArn]),
      allow(['s3:PutObject'], [`${history.attrArn}/AWSLogs/${Aws.ACCOUNT_ID}/Config/*`]),
      encryptWith(props.keyArn),
    ],
  });
  const recorder = new CfnConfigurationRecorder(scope, 'ConfigurationRecorder', {
    name: plan.name,
    roleArn: role.attrArn,
    recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
  });
  const channel = new CfnDeliveryChannel(scope, 'ConfigurationDelivery', {
    name: plan.name,
    s3BucketName: history.ref,
    s3KmsKeyArn: props.keyArn,
  });
  for (const rule of configRulesFor(plan)) {
    const configRule = new CfnConfigRule(scope, `Rule-${rule.id}`, {
      configRuleName: `${plan.name}-${rule.id}`,
      description: rule.promise,
      source: { owner: 'AWS', sourceIdentifier: rule.identifier },
      inputParameters: rule.parameters,
    });
    configRule.addResourceDependency(recorder);
    configRule.addResourceDependency(channel);
  }
}
