import { PassThrough, Readable } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ZipFile } from "yazl";
import { type Artefact, ArtefactSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import type { JobRecord } from "../jobs/job.ts";
import { outputPrefix } from "../jobs/place.ts";

/** What the zip is, before it is made: neither its size nor its hash is known. */
export const BUNDLE: Artefact = create(ArtefactSchema, {
  format: ResultFormat.BUNDLE,
  mediaType: "application/zip",
  fileName: "translation.zip",
});

/** Every file of a job's result as one zip, made as it is read; each file is opened when its turn comes. */
export async function* bundle(record: JobRecord, artefacts: ArtefactStore, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const out = new PassThrough();
  zip.on("error", (error) => out.destroy(error as Error));
  const { job } = record;
  const mtime = job.endTime ? timestampDate(job.endTime) : new Date(0);
  for (const { fileName, mediaType } of job.artefacts) {
    // Pictures are compressed already.
    const options = { mtime, compress: !mediaType.startsWith("image/") };
    zip.addReadStreamLazy(fileName, options, (give) => {
      const file = Readable.from(artefacts.get(`${outputPrefix(record)}/${fileName}`, signal));
      file.on("error", (error) => out.destroy(error));
      give(null, file);
    });
  }
  zip.end();
  zip.outputStream.pipe(out);
  yield* out as AsyncIterable<Buffer>;
}
