"""Reads deployed stacks back through the SDK and holds them against the promises of the plan.

usage: read_back.py <expected.json> <report.json> deployed|destroyed

Kinds the emulator does not model are listed and counted apart: nothing about them is proven.
"""

import json
import sys

import boto3

expected_path, report_path, state = sys.argv[1:4]
with open(expected_path, encoding="utf-8") as file:
    expected = json.load(file)
with open(report_path, encoding="utf-8") as file:
    report = json.load(file)
regions = [expected["region"]] + ([expected["recoveryRegion"]] if expected.get("recoveryRegion") else [])
problems = []
checked = 0


def client(service, region):
    return boto3.client(service, region_name=region)


def check(promise, holds):
    global checked
    checked += 1
    if not holds:
        problems.append(promise)


def stacks_of(region):
    found = {}
    for page in client("cloudformation", region).get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if stack["StackName"] in expected["stacks"]:
                found[stack["StackName"]] = stack
    return found


def resources_of(region, stack):
    pages = client("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=stack)
    return [row for page in pages for row in page["StackResourceSummaries"]]


def read_bucket(region, name):
    # The emulator drops versions, lock, public-access block and lifecycle: the templates are checked for those.
    s3 = client("s3", region)
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    check(f"{name}: encrypted", rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("aws:kms", "AES256"))


def read_key(region, key):
    check(f"{key}: rotates", client("kms", region).get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])


def read_group(region, group):
    found = client("ec2", region).describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    open_rules = [
        entry
        for rule in found["IpPermissions"]
        for entry in rule.get("IpRanges", [])
        if entry.get("CidrIp") == "0.0.0.0/0"
    ]
    check(f"{group}: not open to everybody", not open_rules)


def read_logs(region, name):
    groups = client("logs", region).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((each for each in groups if each["logGroupName"] == name), {})
    check(f"{name}: has a retention", group.get("retentionInDays", 0) > 0)


def read_queue(region, url):
    attributes = client("sqs", region).get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    check(f"{url}: encrypted", bool(attributes.get("KmsMasterKeyId")))


def read_topic(region, arn):
    attributes = client("sns", region).get_topic_attributes(TopicArn=arn)["Attributes"]
    check(f"{arn}: encrypted", bool(attributes.get("KmsMasterKeyId")))


def read_cluster(region, name):
    found = client("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    check(f"{name}: encrypted", found["StorageEncrypted"])


def read_repository(region, name):
    found = client("ecr", region).describe_repositories(repositoryNames=[name])["repositories"][0]
    check(f"{name}: immutable tags", found["imageTagMutability"] == "IMMUTABLE")


def read_role(region, name):
    check(f"{name}: exists", client("iam", region).get_role(RoleName=name)["Role"]["RoleName"] == name)


readers = {
    "AWS::S3::Bucket": read_bucket,
    "AWS::KMS::Key": read_key,
    "AWS::EC2::SecurityGroup": read_group,
    "AWS::Logs::LogGroup": read_logs,
    "AWS::SQS::Queue": read_queue,
    "AWS::SNS::Topic": read_topic,
    "AWS::RDS::DBCluster": read_cluster,
    "AWS::ECR::Repository": read_repository,
    "AWS::IAM::Role": read_role,
}


def is_placeholder(row):
    kind = row["ResourceType"]
    return kind in report["kinds"] or any(entry.startswith(f"{kind}:") for entry in report["failed"])


def read_deployed():
    names = set()
    counts = {"read": 0, "present": 0, "not modelled": 0}
    for region in regions:
        stacks = stacks_of(region)
        names.update(stacks)
        for name, stack in stacks.items():
            check(f"{name}: complete", stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
            for row in resources_of(region, name):
                kind = row["ResourceType"]
                if is_placeholder(row):
                    counts["not modelled"] += 1
                elif kind in readers:
                    counts["read"] += 1
                    readers[kind](region, row["PhysicalResourceId"])
                else:
                    counts["present"] += 1
    check(f"every stack is there: {sorted(set(expected['stacks']) - names)} missing", names == set(expected["stacks"]))
    print(
        f"{expected['name']}: {len(names)} stacks; {counts['read']} resources read back, {checked} promises; "
        f"{counts['present']} more present; {counts['not modelled']} not modelled by the emulator"
    )
    print(f"  not modelled, not proven: {', '.join(report['kinds'])}")
    for entry in report["failed"]:
        print(f"  the emulator could not: {entry}")


def read_destroyed():
    left = [name for region in regions for name in stacks_of(region)]
    check(f"stacks left behind: {left}", not left)
    print(f"{expected['name']}: {len(left)} stacks left")


read_deployed() if state == "deployed" else read_destroyed()
for problem in problems:
    print(f"  BROKEN  {problem}")
sys.exit(1 if problems else 0)
