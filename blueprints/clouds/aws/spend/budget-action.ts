import { Aws } from 'aws-cdk-lib';
import { type CfnBudget, CfnBudgetsAction } from 'aws-cdk-lib/aws-budgets';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { allow, policyDocument, sameAccount, serviceRole } from '../iam.ts';

/**
 * P11: when the ceiling is spent, the role that adds machines is forbidden to add any: what runs goes on. Automatic
 * outside production; in production the on-call engineer approves it.
 */
export function addBudgetAction(
  scope: Construct,
  plan: Plan,
  props: {
    readonly budget: CfnBudget;
    readonly budgetName: string;
    readonly topicArn: string;
    readonly roleName: string;
  },
): void {
  const stop = new CfnManagedPolicy(scope, 'NoNewMachines', {
    description: 'Attached by the budget action when the ceiling is spent',
    policyDocument: policyDocument([
      {
        Sid: 'NoNewMachines',
        Effect: 'Deny',
        Action: ['ec2:RunInstances', 'ec2:CreateFleet', 'ec2:StartInstances', 'autoscaling:SetDesiredCapacity'],
        Resource: '*',
      },
    ]),
  });
  const role = serviceRole(scope, 'BudgetActionRole', {
    description: 'Attaches the policy that forbids new machines',
    service: 'budgets.amazonaws.com',
    assumeConditions: sameAccount,
    statements: [
      allow(
        ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
        [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${props.roleName}`],
        { ArnEquals: { 'iam:PolicyARN': stop.ref } },
      ),
    ],
  });
  new CfnBudgetsAction(scope, 'StopAtCeiling', {
    budgetName: props.budgetName,
    actionType: 'APPLY_IAM_POLICY',
    actionThreshold: { type: 'PERCENTAGE', value: 100 },
    notificationType: 'ACTUAL',
    approvalModel: plan.platform.environment === 'prod' ? 'MANUAL' : 'AUTOMATIC',
    executionRoleArn: role.attrArn,
    definition: { iamActionDefinition: { policyArn: stop.ref, roles: [props.roleName] } },
    subscribers: [{ type: 'SNS', address: props.topicArn }],
  }).addResourceDependency(props.budget);
}
