import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Job, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { EventType } from "../deliveries/event_types.ts";

/** More than any job makes, whose message is bounded. */
const MAX_BYTES = 16 * 1024 ** 2;
const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** What is posted, as it is stored: the same bytes with every try, because they are signed. */
export async function packedBody(type: EventType, at: Instant, data: JsonValue): Promise<Uint8Array> {
  return pack(JSON.stringify({ type, timestamp: new Date(at).toISOString(), data }));
}

export async function unpackedBody(packed: Uint8Array): Promise<Uint8Array> {
  return unpack(packed, { maxOutputLength: MAX_BYTES });
}

/** The job as GetJob answers it over REST, and when it became so. */
export function jobData(job: Job): { readonly at: Instant; readonly data: JsonValue } {
  const at = job.updateTime ?? job.createTime;
  return { at: at ? timestampDate(at).getTime() : 0, data: toJson(JobSchema, job, { alwaysEmitImplicit: true }) };
}
