import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { arn, awsManagedPolicy, sameAccount, serviceRole } from '../iam.ts';

/** Cron of a backup rule that runs at least as often as the RPO asks: hourly, or every few hours that divide a day. */
export function backupSchedule(intervalHours: number): string {
  if (intervalHours >= 24) return 'cron(0 1 * * ? *)';
  const step = [12, 8, 6, 4, 3, 2, 1].find((hours) => hours <= intervalHours) ?? 1;
  return `cron(0 0/${step} * * ? *)`;
}

/** P15: AWS Backup by the RPO, kept as long as asked, locked in production, copied to the recovery region where asked. */
export function addBackups(
  scope: Construct,
  plan: Plan,
  props: { readonly keyArn: string; readonly arns: readonly string[] },
): void {
  const backup = plan.vectorStore?.backup;
  if (props.arns.length === 0 || !backup) return;
  const production = plan.platform.environment === 'prod';
  const days = Math.max(1, backup.retentionDays);
  const vault = new CfnBackupVault(scope, 'BackupVault', {
    backupVaultName: plan.name,
    encryptionKeyArn: props.keyArn,
    lockConfiguration: production ? { minRetentionDays: Math.min(7, days) } : undefined,
  });
  vault.applyRemovalPolicy(RemovalPolicy.RETAIN);
  const copy = backup.crossRegion && plan.platform.recoveryRegion;
  const backupPlan = new CfnBackupPlan(scope, 'BackupPlan', {
    backupPlan: {
      backupPlanName: plan.name,
      backupPlanRule: [
        {
          ruleName: 'by-recovery-point-objective',
          targetBackupVault: vault.ref,
          scheduleExpression: backupSchedule(backup.intervalHours),
          startWindowMinutes: 60,
          completionWindowMinutes: 480,
          lifecycle: { deleteAfterDays: days },
          copyActions: copy
            ? [
                {
                  destinationBackupVaultArn: arn('backup', `backup-vault:${plan.name}`, { region: copy }),
                  lifecycle: { deleteAfterDays: days },
                },
              ]
            : undefined,
        },
      ],
    },
  });
  const role = serviceRole(scope, 'BackupRole', {
    description: 'Takes and restores backups of the stores',
    service: 'backup.amazonaws.com',
    assumeConditions: sameAccount,
    managedPolicies: [
      awsManagedPolicy('service-role/AWSBackupServiceRolePolicyForBackup'),
      awsManagedPolicy('service-role/AWSBackupServiceRolePolicyForRestores'),
      awsManagedPolicy('AWSBackupServiceRolePolicyForS3Backup'),
      awsManagedPolicy('AWSBackupServiceRolePolicyForS3Restore'),
    ],
  });
  new CfnBackupSelection(scope, 'BackupSelection', {
    backupPlanId: backupPlan.ref,
    backupSelection: { selectionName: 'stores', iamRoleArn: role.attrArn, resources: [...props.arns] },
  });
}
