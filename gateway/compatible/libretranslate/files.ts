import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { JobState, ResultFormat } from "../../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { limitStalls } from "../../stalls.ts";
import { type Asked, sendJson } from "../asked.ts";
import type { Fields } from "../fields.ts";
import { enginesOf } from "../language_codes.ts";
import { OwnApi } from "../own_api.ts";
import { giveResult, jobOf, lacksOf } from "../results.ts";
import { failureOf, removeJob, sourceOf, targetOf } from "../texts.ts";
import { readCalled } from "./caller.ts";
import { required } from "./texts.ts";

/** How long a file may be fetched. */
const ADDRESS_MS = 3600_000;
const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `POST /translate_file`: answered when the file is translated, with an address that needs no key. */
export async function translateFile(asked: Asked): Promise<void> {
  const { request, response, parts, gone } = asked;
  limitStalls(request, response);
  const { fields, api, file } = await readCalled(asked, { takesFile: true });
  if (!file) throw DragomanError.of("INVALID_REQUEST", "Invalid request: missing file parameter");
  const { id } = await jobOf(file, parts, async (made) => api.createJob({ ...made, options: await optionsOf(fields, api) }));
  let isGiven = false;
  try {
    const ended = await api.ended(id);
    if (ended.state !== JobState.SUCCEEDED && ended.state !== JobState.PARTIALLY_SUCCEEDED) throw failureOf(ended);
    const { lacks = "", remarks = [] } = ended.ledger ? lacksOf(ended.ledger) : {};
    const name = encodeURIComponent(ended.artefacts[0]?.fileName ?? "document");
    const token = sealed({ id, authorization: api.authorization, until: Date.now() + ADDRESS_MS }, parts.uploadSecret);
    isGiven = !gone.aborted;
    sendJson(response, 200, {
      translatedFileUrl: `${originOf(asked)}${asked.prefix}/download_file/${token}/${name}`,
      ...(lacks && { lacks }),
      ...(remarks.length > 0 && { remarks }),
    });
  } finally {
    if (!isGiven) void removeJob(id, api);
  }
}

async function optionsOf(fields: Fields, api: OwnApi) {
  const engines = enginesOf(await api.languages(), fields.one("engine"));
  const targetLanguage = targetOf(required(fields, "target"), engines);
  const source = required(fields, "source");
  const sourceLanguage = source === "auto" ? "" : sourceOf(source, targetLanguage, engines);
  return {
    sourceLanguage,
    targetLanguage,
    outputs: [ResultFormat.DOCUMENT],
    labels: { api: "libretranslate" },
    engine: fields.one("engine"),
  };
}

/** `GET /download_file/{address}/{name}`: once; then the job is removed. */
export async function downloadFile({ request, response, parts, options }: Asked, token: string): Promise<void> {
  const { id, authorization } = opened(token, parts.uploadSecret);
  const api = new OwnApi(parts, { ...options, authorization });
  await giveResult({ id, format: ResultFormat.DOCUMENT }, request, response, api);
}

/** As the client reached it, through a proxy too. */
function originOf({ request, parts }: Asked): string {
  // Over HTTP/2 it has another name.
  const { host = String(request.headers[":authority"] ?? "localhost"), "x-forwarded-proto": forwarded } = request.headers;
  const isSecure = parts.secure || forwarded === "https";
  return `${isSecure ? "https" : "http"}://${host}`;
}

interface Address {
  readonly id: string;
  /** So that a key that is taken back takes its files with it. */
  readonly authorization: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** An address that only this deployment can read: it has the key in it, and whoever knows the address may fetch the file. */
function sealed(address: Address, secret: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secret), iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(address)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
}

/** Throws ARTEFACT_NOT_FOUND for what was not sealed here, or is too old. */
function opened(token: string, secret: string): Address {
  const missing = DragomanError.of("ARTEFACT_NOT_FOUND", "There is no such file.", {
    hint: "It was fetched already, or its address has expired.",
  });
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length < IV_BYTES + TAG_BYTES) throw missing;
  try {
    const decipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString();
    const address = JSON.parse(text) as Address;
    if (address.until >= Date.now()) return address;
  } catch {
    // Told below.
  }
  throw missing;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "libretranslate download", 32));
}
