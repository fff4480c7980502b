"""Sends API calls to moto, which simulates AWS in this process, and prints its answers.

A call is a line of JSON on standard input: {"api", "operation", "region", "input"}. The
answer is one on standard output: {"answer"} or {"error"}. A line "reset" forgets all.
"""

import io
import json
import logging
import sys
import zipfile

import boto3
from moto import mock_aws

CLIENTS = {"monitoring": "cloudwatch"}  # boto3 names one API otherwise than AWS's models do


def archive():
    """Returns an archive to stand for those that functions are made of."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("bootstrap", "#!/bin/sh")
    return content.getvalue()


def send(call, clients):
    api, region, members = call["api"], call["region"], call["input"]
    if "ZipFile" in members.get("Code", {}):
        members["Code"]["ZipFile"] = archive()
    if (api, region) not in clients:
        clients[api, region] = boto3.client(
            CLIENTS.get(api, api), region_name=region, aws_access_key_id="moto", aws_secret_access_key="moto"
        )
    # What a client's methods call, with the model's own name of the operation.
    answer = clients[api, region]._make_api_call(call["operation"], members)
    del answer["ResponseMetadata"]
    return answer


def main():
    logging.disable()
    answers, sys.stdout = sys.stdout, sys.stderr  # moto prints warnings
    mock, clients = mock_aws(), {}
    mock.start()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        if line == "reset\n":
            mock.reset()
            continue
        try:
            reply = {"answer": send(json.loads(line), clients)}
        except Exception as error:  # of a bug in moto, too
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply, default=str), file=answers, flush=True)


main()
