"""The AWS emulator of the deployment test: moto's server, told to stand in for what it does not model.

A kind moto does not know becomes a placeholder with a physical id and made-up attributes, so that the stacks that refer
to it can still be deployed. Every placeholder is written to the report: the test lists those kinds and counts none of
them as proven.

usage: emulator.py <port> <report.json>
"""

import json
import sys

from moto.cloudformation import parsing
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.server import main

port, report_path = sys.argv[1], sys.argv[2]
not_modelled = {"kinds": set(), "attributes": set(), "failed": set()}


def note(section, entry):
    not_modelled[section].add(entry)
    with open(report_path, "w", encoding="utf-8") as report:
        json.dump({key: sorted(value) for key, value in not_modelled.items()}, report)


def made_up(kind, name, attribute):
    """A value of the right shape: an ARN, an identifier or a host name."""
    if attribute.lower().endswith("arn"):
        return f"arn:aws:placeholder:us-east-1:123456789012:{kind.split('::')[-1].lower()}/{name}"
    return f"{name}.{attribute.replace('.', '-').lower()}.placeholder"


class Placeholder(CloudFormationModel):
    __module__ = "moto.placeholder.models"  # moto files models by the second part of their module
    kind = ""

    def __init__(self, name):
        self.name = name

    @property
    def physical_resource_id(self):
        return self.name

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute):
        return made_up(self.kind, self.name, attribute)

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return ""

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(resource_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, *args, **kwargs):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *args, **kwargs):
        return None

    def is_created(self):
        return True


def tolerant(model, kind):
    """A modelled kind, with attributes moto leaves out made up, and its own refusals noted instead of raised."""

    class Tolerant(model):
        __module__ = model.__module__

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, *args, **kwargs):
            try:
                resource = model.create_from_cloudformation_json(resource_name, *args, **kwargs)
            except Exception as error:  # moto's own gaps come as any exception
                note("failed", f"{kind}: {type(error).__name__}: {str(error)[:160]}")
                return placeholder(kind)(resource_name)
            original = getattr(resource, "get_cfn_attribute", None)

            def attribute(name):
                try:
                    return original(name)
                except Exception:
                    note("attributes", f"{kind}.{name}")
                    return made_up(kind, resource_name, name)

            resource.get_cfn_attribute = attribute
            return resource

        @classmethod
        def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
            if kind == "AWS::IAM::Role":  # CloudFormation detaches; moto's deletion asks for it
                role = iam_backends[account_id]["aws"].get_role(resource_name)
                role.managed_policies.clear()
            try:
                model.delete_from_cloudformation_json(resource_name, cloudformation_json, account_id, region_name)
            except Exception as error:
                note("failed", f"{kind}: deletion: {type(error).__name__}: {str(error)[:160]}")

        @classmethod
        def has_cfn_attr(cls, attr):
            return True

    Tolerant.__name__ = model.__name__
    return Tolerant


placeholders = {}


def placeholder(kind):
    return placeholders.setdefault(kind, type("Placeholder", (Placeholder,), {"kind": kind, "__module__": "moto.placeholder.models"}))


known = parsing.resource_class_from_type
classes = {}


def class_of(kind):
    if kind not in classes:
        model = known(kind)
        if model is None and kind not in parsing.NULL_MODELS:
            note("kinds", kind)
            model = placeholder(kind)
        elif model is not None and not kind.startswith("AWS::CloudFormation::"):
            model = tolerant(model, kind)
        classes[kind] = model
    return classes[kind]


def update_termination_protection(self):
    """Production stacks are protected from deletion; moto keeps no such flag, and answers as if it did."""
    return ActionResult({"StackId": self._get_param("StackName")})


parsing.resource_class_from_type = class_of
CloudFormationResponse.update_termination_protection = update_termination_protection
main(["-H", "127.0.0.1", "-p", port])
