import { runTool } from "../support/tools.ts";

/** A part as Python's email reads it. */
export interface JudgedPart {
  readonly type: string;
  /** Of all fields but those that a translation may change. */
  readonly fields: readonly (readonly [string, string])[];
  readonly subject: string | null;
  /** Of a text. */
  readonly text: string | null;
  /** Of all others, as hex. */
  readonly bytes: string | null;
  readonly isAttached: boolean;
  readonly defects: readonly string[];
}

const PROGRAM = `
import base64, email, email.policy, json, sys
OWN = { "subject", "content-type", "content-transfer-encoding", "content-language" }

def text(payload, charset):
  for name in (charset.replace("us-ascii", "utf-8"), "windows-1252"):
    try: return payload.decode(name)
    except (UnicodeDecodeError, LookupError): pass
  return ""

made = []
for source in json.load(sys.stdin):
  message = email.message_from_bytes(base64.b64decode(source), policy=email.policy.default)
  parts = []
  for part in message.walk():
    is_text = part.get_content_type() in ("text/plain", "text/html")
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    parts.append({
      "type": part.get_content_type(),
      "fields": [[k.lower(), str(v)] for k, v in part.items() if k.lower() not in OWN],
      "subject": None if part["subject"] is None else str(part["subject"]),
      "text": None if not is_text or payload is None else text(payload, part.get_content_charset("utf-8")),
      "bytes": None if is_text or payload is None else payload.hex(),
      "isAttached": part.get_content_disposition() == "attachment",
      "defects": [type(d).__name__ for d in part.defects],
    })
  made.append(parts)
print(json.dumps(made))
`;

/** What Python's `email` reads in each, all in one run. */
export async function judgedMails(mails: readonly Uint8Array[]): Promise<JudgedPart[][]> {
  const input = Buffer.from(JSON.stringify(mails.map((mail) => Buffer.from(mail).toString("base64"))));
  const { stdout, stderr } = await runTool("/usr/bin/python3", ["-c", PROGRAM], { input });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as JudgedPart[][];
}
