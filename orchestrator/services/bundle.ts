import { PassThrough, Readable } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ZipFile } from "yazl";
import { type Artefact, ArtefactSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { outputKey, PAGED } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import { resultName } from "../jobs/result_names.ts";

/** What the zip is, before it is made: neither its size nor its hash is known. */
export function bundleOf({ job }: JobRecord): Artefact {
  const about = { format: ResultFormat.BUNDLE, page: 0, mediaType: "application/zip", fileName: "" };
  return create(ArtefactSchema, { ...about, fileName: resultName(about, job) });
}

/**
 * Every file of a job's result as one zip, made as it is read; each file is opened when its turn comes. `made` makes
 * a preview; one that it cannot make now is left out.
 */
export async function* bundle(
  record: JobRecord,
  artefacts: ArtefactStore,
  made: (artefact: Artefact) => Promise<Artefact>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const out = new PassThrough();
  const end = (error: unknown) => out.destroy(error as Error);
  zip.on("error", end);
  const { job } = record;
  const mtime = job.endTime ? timestampDate(job.endTime) : new Date(0);
  const add = (artefact: Artefact) => {
    const { fileName, mediaType } = artefact;
    // Pictures are compressed already.
    const options = { mtime, compress: !mediaType.startsWith("image/") };
    zip.addReadStreamLazy(fileName, options, (give) => {
      const file = Readable.from(artefacts.get(outputKey(record, artefact), signal));
      file.on("error", end);
      give(null, file);
    });
  };
  const addAll = async () => {
    for (const artefact of job.artefacts.filter(({ format, sameAs }) => !PAGED.has(format) && !sameAs)) add(artefact);
    for (const artefact of job.artefacts.filter(({ format }) => PAGED.has(format))) {
      signal.throwIfAborted();
      if (out.destroyed) return;
      const file = await made(artefact).catch(() => undefined);
      if (file) add(file);
    }
    zip.end();
  };
  addAll().catch(end);
  zip.outputStream.pipe(out);
  yield* out as AsyncIterable<Buffer>;
}
