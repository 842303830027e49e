"""What is on a server of Mastodon's API, read by Mastodon.py: all posts of the account that TOKEN is for, at SERVER, oldest first,
as JSON. What a server says is at https://HOST/ is fetched from SERVER."""

import base64
import json
import os

import requests
from mastodon import Mastodon

server, host, token = (os.environ[name] for name in ("SERVER", "HOST", "TOKEN"))
# A server may close a connection that is kept open just when the next question comes, and a busy one resets some; a question may
# be asked again.
session = requests.Session()
session.headers["Connection"] = "close"
session.mount("http://", requests.adapters.HTTPAdapter(max_retries=3))
client = Mastodon(
    access_token=token, api_base_url=server, version_check_mode="none", request_timeout=30, session=session
)


def file(attachment):
    address = attachment.url.replace("https://" + host, server, 1)
    answer = session.get(address, timeout=30)
    answer.raise_for_status()
    return {
        "kind": attachment.type,
        "mime": answer.headers.get("content-type", ""),
        "alt": attachment.description,
        "bytes": base64.b64encode(answer.content).decode(),
    }


def statuses(account):
    """Newest first. What not everybody may see, some software lists on the account's own home page alone."""
    home = [status for status in client.timeline_home(limit=40) if status.account.id == account.id]
    page = client.account_statuses(account.id, limit=40)
    while page:
        home += page
        page = client.account_statuses(account.id, limit=40, max_id=page[-1].id) if len(page) == 40 else []
    return sorted({status.id: status for status in home}.values(), key=lambda status: status.created_at, reverse=True)


me = client.account_verify_credentials()
posts = []
for listed in reversed(statuses(me)):
    status = client.status(listed.id)
    if status.content != listed.content:
        raise SystemExit(f"{listed.id} is listed with another text than it has")
    posts.append(
        {
            "id": str(status.id),
            "url": status.url,
            "content": status.content,
            "visibility": status.visibility,
            "warning": status.spoiler_text,
            "sensitive": status.sensitive,
            "language": status.get("language"),
            "answers": status.in_reply_to_id and str(status.in_reply_to_id),
            "poll": status.poll and [option.title for option in status.poll.options],
            "media": [file(attachment) for attachment in status.media_attachments],
        }
    )
print(json.dumps(posts))
