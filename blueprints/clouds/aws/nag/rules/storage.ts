import type { Rule } from '../rule.ts';
import {
  asList,
  asObject,
  asText,
  at,
  isSet,
  ofType,
  refersTo,
  statementsOf,
  type TemplateResource,
  type World,
} from '../world.ts';

const buckets = (world: World) => ofType(world, 'AWS::S3::Bucket');

/** Buckets that server access logs are written to; the service delivers only to its own encryption. */
function isAccessLogTarget(world: World, bucket: TemplateResource): boolean {
  return statementsOf(world).some(
    ({ origin, statement }) =>
      origin.type === 'AWS::S3::BucketPolicy' &&
      origin.stackName === bucket.stackName &&
      refersTo(origin.properties.Bucket, bucket.logicalId) &&
      at(statement, 'Principal.Service') === 'logging.s3.amazonaws.com',
  );
}

/** Buckets that hold records an auditor relies on: the trail, and the prompt log. */
function auditBuckets(world: World): readonly TemplateResource[] {
  const names = [
    ...ofType(world, 'AWS::CloudTrail::Trail').map(({ properties }) => properties.S3BucketName),
    ...ofType(world, 'AWS::KinesisFirehose::DeliveryStream').map(({ properties }) =>
      at(properties, 'ExtendedS3DestinationConfiguration.BucketARN'),
    ),
  ];
  return buckets(world).filter((bucket) => names.some((name) => refersTo(name, bucket.logicalId)));
}

const denies = (world: World, carrier: string, logicalId: string, key: string, stackName: string) =>
  statementsOf(world).some(
    ({ origin, statement }) =>
      origin.type === carrier &&
      origin.stackName === stackName &&
      refersTo(origin.properties.Bucket ?? origin.properties.Queues ?? origin.properties.Topics, logicalId) &&
      statement.Effect === 'Deny' &&
      JSON.stringify(statement.Condition ?? {}).includes(key),
  );

export const storageRules: readonly Rule[] = [
  {
    id: 'Groundplan-S31',
    title: 'Buckets block public access in all four ways',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      buckets(world)
        .filter(({ properties }) => {
          const block = asObject(properties.PublicAccessBlockConfiguration);
          return !['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
            (key) => block[key] === true,
          );
        })
        .map(({ address }) => ({ resource: address, message: 'public access is not blocked in all four ways' })),
  },
  {
    id: 'Groundplan-S32',
    title: 'Buckets and queues refuse requests without TLS',
    control: 'tls-in-transit',
    check: (world) => [
      ...buckets(world)
        .filter(
          ({ logicalId, stackName }) =>
            !denies(world, 'AWS::S3::BucketPolicy', logicalId, 'aws:SecureTransport', stackName),
        )
        .map(({ address }) => ({ resource: address, message: 'no policy denies plain requests' })),
      ...ofType(world, 'AWS::SQS::Queue')
        .filter(
          ({ logicalId, stackName }) =>
            !denies(world, 'AWS::SQS::QueuePolicy', logicalId, 'aws:SecureTransport', stackName),
        )
        .map(({ address }) => ({ resource: address, message: 'no policy denies plain requests' })),
    ],
  },
  {
    id: 'Groundplan-S33',
    title: 'Buckets keep old versions',
    control: 'versioned-storage',
    check: (world) =>
      buckets(world)
        .filter(({ properties }) => at(properties, 'VersioningConfiguration.Status') !== 'Enabled')
        .map(({ address }) => ({ resource: address, message: 'versioning is off' })),
  },
  {
    id: 'Groundplan-S34',
    title: 'Buckets are encrypted with a customer-managed key',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      buckets(world)
        .filter((bucket) => {
          const rule = at(bucket.properties, 'BucketEncryption.ServerSideEncryptionConfiguration.0');
          const by = asObject(asObject(rule).ServerSideEncryptionByDefault);
          const managed = by.SSEAlgorithm === 'aws:kms' && isSet(by.KMSMasterKeyID);
          return !managed && !(by.SSEAlgorithm === 'AES256' && isAccessLogTarget(world, bucket));
        })
        .map(({ address }) => ({ resource: address, message: 'no key of ours; only access-log targets may use S3’s' })),
  },
  {
    id: 'Groundplan-S35',
    title: 'Audit buckets are write-once for the whole retention where the plan promises it',
    control: 'audit-write-once',
    check: (world) => {
      if (!world.plan.audit.writeOnce) return [];
      return auditBuckets(world).flatMap((bucket) => {
        const retention = asObject(at(bucket.properties, 'ObjectLockConfiguration.Rule.DefaultRetention'));
        const days = Number(retention.Days ?? Number(retention.Years ?? 0) * 365);
        const asked = world.plan.audit.retentionDays;
        if (retention.Mode === 'COMPLIANCE' && days >= asked) return [];
        return [
          {
            resource: bucket.address,
            message: `${asText(retention.Mode) ?? 'no'} lock for ${days} days; the plan promises ${asked}`,
          },
        ];
      });
    },
  },
  {
    id: 'Groundplan-S36',
    title: 'Audit records are not expired before their retention ends',
    control: 'audit-retention',
    check: (world) =>
      auditBuckets(world).flatMap((bucket) =>
        asList(at(bucket.properties, 'LifecycleConfiguration.Rules'))
          .map((rule) => asObject(rule).ExpirationInDays)
          .filter((days) => typeof days === 'number' && days < world.plan.audit.retentionDays)
          .map((days) => ({
            resource: bucket.address,
            message: `expires after ${days} days, before ${world.plan.audit.retentionDays}`,
          })),
      ),
  },
  {
    id: 'Groundplan-S37',
    title: 'Buckets have a rule that ends what they keep',
    control: 'data-expiry',
    check: (world) =>
      buckets(world)
        .filter(({ properties }) => asList(at(properties, 'LifecycleConfiguration.Rules')).length === 0)
        .map(({ address }) => ({ resource: address, message: 'no lifecycle rule' })),
  },
  {
    id: 'Groundplan-S38',
    title: 'Who reads a bucket is logged',
    control: 'access-to-log-logged',
    check: (world) =>
      buckets(world)
        .filter((bucket) => !isAccessLogTarget(world, bucket) && !isSet(bucket.properties.LoggingConfiguration))
        .map(({ address }) => ({ resource: address, message: 'no server access log' })),
  },
  {
    id: 'Groundplan-LOG1',
    title: 'Log groups end, and not before the plan’s retention',
    control: 'log-retention',
    check: (world) =>
      ofType(world, 'AWS::Logs::LogGroup')
        .filter(
          ({ properties }) =>
            Number(properties.RetentionInDays ?? 0) < Math.min(3653, world.plan.audit.logRetentionDays),
        )
        .map(({ address, properties }) => ({
          resource: address,
          message: `kept ${Number(properties.RetentionInDays ?? 0)} days; the plan promises ${world.plan.audit.logRetentionDays}`,
        })),
  },
  {
    id: 'Groundplan-LOG2',
    title: 'Log groups are encrypted with a customer-managed key',
    control: 'encryption-at-rest-cmk',
    check: (world) =>
      ofType(world, 'AWS::Logs::LogGroup')
        .filter(({ properties }) => !isSet(properties.KmsKeyId))
        .map(({ address }) => ({ resource: address, message: 'no key' })),
  },
  {
    id: 'Groundplan-KMS1',
    title: 'Keys rotate every year',
    control: 'key-rotation',
    check: (world) =>
      ofType(world, 'AWS::KMS::Key')
        .filter(({ properties }) => properties.EnableKeyRotation !== true && properties.KeySpec === undefined)
        .map(({ address }) => ({ resource: address, message: 'EnableKeyRotation is not true' })),
  },
  {
    id: 'Groundplan-TRAIL1',
    title: 'A trail of every region with digests, a key of ours and data events on audited buckets',
    control: 'audit-trail',
    check: (world) => {
      const trails = ofType(world, 'AWS::CloudTrail::Trail');
      if (trails.length === 0) return [{ resource: world.plan.name, message: 'no trail' }];
      return trails
        .filter(
          ({ properties }) =>
            properties.IsMultiRegionTrail !== true ||
            properties.EnableLogFileValidation !== true ||
            properties.IsLogging !== true ||
            !isSet(properties.KMSKeyId),
        )
        .map(({ address }) => ({ resource: address, message: 'not multi-region, not validated, or without a key' }));
    },
  },
  {
    id: 'Groundplan-TRAIL2',
    title: 'Reads and writes of the audit buckets appear in the trail',
    control: 'access-to-log-logged',
    check: (world) =>
      ofType(world, 'AWS::CloudTrail::Trail').flatMap((trail) => {
        const selectors = JSON.stringify([trail.properties.EventSelectors, trail.properties.AdvancedEventSelectors]);
        return auditBuckets(world)
          .filter(({ logicalId, stackName }) => stackName === trail.stackName && !selectors.includes(`"${logicalId}"`))
          .map(({ logicalId }) => ({
            resource: trail.address,
            detail: logicalId,
            message: `no data events on ${logicalId}`,
          }));
      }),
  },
];
