import { PassThrough, Readable } from "node:stream";
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ZipFile } from "yazl";
import { type Artefact, ArtefactSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import type { JobRecord } from "../jobs/job.ts";
import { outputKey } from "../jobs/place.ts";
import { resultName } from "../jobs/result_names.ts";

/** What the zip is, before it is made: neither its size nor its hash is known. */
export function bundleOf({ job }: JobRecord): Artefact {
  const about = { format: ResultFormat.BUNDLE, page: 0, mediaType: "application/zip", fileName: "" };
  return create(ArtefactSchema, { ...about, fileName: resultName(about, job) });
}

/** Every file of a job's result as one zip, made as it is read; each file is opened when its turn comes. */
export async function* bundle(record: JobRecord, artefacts: ArtefactStore, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const out = new PassThrough();
  zip.on("error", (error) => out.destroy(error as Error));
  const { job } = record;
  const mtime = job.endTime ? timestampDate(job.endTime) : new Date(0);
  for (const artefact of job.artefacts) {
    const { fileName, mediaType } = artefact;
    // Pictures are compressed already.
    const options = { mtime, compress: !mediaType.startsWith("image/") };
    zip.addReadStreamLazy(fileName, options, (give) => {
      const file = Readable.from(artefacts.get(outputKey(record, artefact), signal));
      file.on("error", (error) => out.destroy(error));
      give(null, file);
    });
  }
  zip.end();
  zip.outputStream.pipe(out);
  yield* out as AsyncIterable<Buffer>;
}
