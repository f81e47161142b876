/**
 * The gateway's own rules, loaded by LiteLLM as a callback: a limit of tokens and cost on every call (V6), and the audit
 * record of every answer (P13). The field names of a record are the columns of the prompt log.
 */
export const hooks = `"""Limits on every call, and the audit record of every answer."""
import asyncio
import hashlib
import hmac
import json
import os
import re
from datetime import datetime, timezone

from fastapi import HTTPException
from litellm import cost_per_token
from litellm.integrations.custom_logger import CustomLogger
from prometheus_client import Counter

with open(os.environ["GATEWAY_LIMITS"], encoding="utf-8") as file:
    LIMITS = json.load(file)
AUDIT = os.environ.get("AUDIT_STREAM", "")
REDACT = os.environ.get("AUDIT_REDACT", "") == "true"
HASH_KEY = os.environ["USER_HASH_KEY"].encode()
RECORDS = Counter("groundplan_audit_records", "Audit records written")
# A delivery stream takes a record of 1,000 KiB.
LONGEST = 300_000
LOST = Counter("groundplan_audit_records_lost", "Audit records that could not be written")
# Every pattern is bounded: its time grows with the text and not with the text's square.
PERSONAL = [
    (re.compile(r"[\\w.+-]{1,64}@[\\w-]{1,63}\\.[\\w.-]{1,190}"), "[email]"),
    (re.compile(r"\\b\\d{3}-\\d{2}-\\d{4}\\b"), "[national id]"),
    (re.compile(r"\\b(?:\\d[ -]?){13,19}\\b"), "[card]"),
    (re.compile(r"\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}\\b"), "[account]"),
    (re.compile(r"(?<!\\w)\\+?\\d[\\d ()/-]{7,18}\\d\\b"), "[phone]"),
]


def text_of(value):
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    for pattern, mark in PERSONAL if REDACT else ():
        text = pattern.sub(mark, text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "[cut]"


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


for limit in LIMITS.values():
    if "target" in limit:
        try:
            limit["inputCost"], limit["outputCost"] = cost_per_token(
                model=limit["target"], prompt_tokens=1, completion_tokens=1
            )
        except Exception as problem:
            # Its tokens stay limited, and the provider's budget trips; only the limit a call is off.
            print(json.dumps({"log": "price", "model": limit["target"], "problem": str(problem)}), flush=True)


class Rules(CustomLogger):
    def __init__(self):
        super().__init__()
        self.stream = None
        if AUDIT.startswith("firehose:"):
            import boto3

            self.stream = boto3.client("firehose")

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        limit = LIMITS.get(data.get("model"))
        if limit is None:
            return data
        field = "max_completion_tokens" if "max_completion_tokens" in data else "max_tokens"
        if call_type in ("completion", "acompletion", "text_completion", "atext_completion"):
            asked = data.get(field) or limit["maxOutputTokens"]
            data[field] = min(asked, limit["maxOutputTokens"])
        # Four characters a token, high on purpose: the true cost is charged after the answer.
        size = len(json.dumps(data.get("messages") or data.get("input") or data.get("prompt") or "", default=str))
        usd = size / 4 * limit["inputCost"] + data.get(field, 0) * limit["outputCost"]
        if usd > limit["maxUsdPerCall"]:
            raise HTTPException(
                status_code=400,
                detail={"error": f"the call may cost {usd:.4f} USD; the limit is {limit['maxUsdPerCall']} USD"},
            )
        return data

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        await self.record(kwargs, 200)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        information = (kwargs.get("standard_logging_object") or {}).get("error_information") or {}
        code = str(information.get("error_code") or "")
        await self.record(kwargs, int(code) if code.isdigit() else 500)

    async def record(self, kwargs, status):
        entry = kwargs.get("standard_logging_object")
        if not AUDIT or entry is None:
            return
        metadata = entry.get("metadata") or {}
        user = entry.get("end_user") or metadata.get("user_api_key_user_id") or metadata.get("user_api_key_hash") or ""
        first = entry.get("completionStartTime") or entry["endTime"]
        verdicts = [item.get("guardrail_status") for item in entry.get("guardrail_information") or []]
        line = json.dumps(
            {
                "time": moment(entry["startTime"]),
                "request_id": entry["id"],
                "user_hash": hmac.new(HASH_KEY, str(user).encode(), hashlib.sha256).hexdigest(),
                "team": metadata.get("user_api_key_team_alias") or "",
                "route": entry.get("model_group") or entry["model"],
                "model_version": entry.get("model_id") or "",
                "input": text_of(entry.get("messages") or ""),
                "output": text_of(entry.get("response") or ""),
                "input_tokens": entry["prompt_tokens"],
                "output_tokens": entry["completion_tokens"],
                "latency_ms": (entry["endTime"] - entry["startTime"]) * 1000,
                "ttft_ms": (first - entry["startTime"]) * 1000,
                "status": status,
                "usd": entry["response_cost"],
                "safety": ",".join(str(verdict) for verdict in verdicts),
            },
            ensure_ascii=False,
        )
        try:
            if self.stream is None:
                print(json.dumps({"log": "audit", "record": line}), flush=True)
            else:
                name = AUDIT.removeprefix("firehose:")
                body = {"Data": (line + "\\n").encode()}
                await asyncio.to_thread(self.stream.put_record, DeliveryStreamName=name, Record=body)
            RECORDS.inc()
        except Exception:
            LOST.inc()
            raise


rules = Rules()
`;
