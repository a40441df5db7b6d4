import { randomUUID } from "node:crypto";
import { statfs } from "node:fs/promises";
import path from "node:path";
import { openArtefacts } from "../drivers.ts";
import { clockSkew, type Diagnosis, failure, ok, unreachable, warning } from "./diagnosis.ts";

const TIMEOUT_MS = 10_000;
const LOW_BYTES = 4 * 1024 ** 3;
const ADVICE = "Look at DRAGOMAN_ARTEFACTS, and at the rights of its key: it puts, gets, lists and removes.";

/** The artefact store of DRAGOMAN_ARTEFACTS: writes, reads and removes a small file of its own. */
export async function checkArtefacts(url: string): Promise<Diagnosis[]> {
  const subject = "artefact store";
  const key = `doctor/${randomUUID()}`;
  const bytes = Buffer.from(key);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const store = await openArtefacts(url);
    await store.put(
      key,
      (async function* () {
        yield bytes;
      })(),
      { maxBytes: bytes.length },
      signal,
    );
    const read: Uint8Array[] = [];
    for await (const chunk of store.get(key, signal)) read.push(chunk);
    if (!Buffer.concat(read).equals(bytes)) return [failure(subject, "what was read is not what was written", ADVICE)];
    const link = store.direct ? await checkLink(store.direct.getUrl(key, { mediaType: "text/plain", fileName: "doctor" }, 60_000)) : [];
    await store.remove(key);
    if ((await store.size(key)) !== undefined) return [failure(subject, "what was removed is still there", ADVICE)];
    return [
      ok(subject, "a file was written, read and removed"),
      ...link,
      ...(await (url.startsWith("file:") ? checkSpace(url) : checkS3(url))),
    ];
  } catch (error) {
    return [unreachable(subject, error, ADVICE)];
  }
}

async function checkLink(signed: string): Promise<Diagnosis[]> {
  const subject = "links straight to the bucket";
  const { origin, pathname } = new URL(signed);
  try {
    const answers = await Promise.all(
      [signed, origin + pathname].map((address) => fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) })),
    );
    const [withLink, without] = await Promise.all(
      answers.map(async (answer) => ((await answer.text()).includes("doctor/") ? answer.status : 0)),
    );
    if (without === 200)
      return [failure(subject, "the bucket is read without a signature", "Take anonymous reading from the bucket's policy.")];
    return [
      withLink === 200
        ? ok(subject, "work, and only they do")
        : failure(subject, `refused by ${origin}`, "Look at `public` in DRAGOMAN_ARTEFACTS."),
    ];
  } catch {
    return [failure(subject, `${origin} cannot be reached from here`, "Look at `public` in DRAGOMAN_ARTEFACTS.")];
  }
}

async function checkSpace(url: string): Promise<Diagnosis[]> {
  const { bavail, bsize } = await statfs(path.resolve(url.slice("file:".length)));
  const found = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  return [
    bavail * bsize < LOW_BYTES ? warning("artefact folder", found, "Make room: one upload may have 2 GiB.") : ok("artefact folder", found),
  ];
}

async function checkS3(url: string): Promise<Diagnosis[]> {
  const { origin } = new URL(url.replace(/^s3\+/, ""));
  const before = Date.now();
  const response = await fetch(origin, { method: "HEAD", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const there = Date.parse(response.headers.get("date") ?? "");
  // HTTP tells whole seconds, cut off.
  return Number.isNaN(there) ? [] : [clockSkew("artefact store's clock", there + 500, before, Date.now())];
}
