import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GlossaryTermsSchema } from "../../gen/dragoman/v1/glossary_service_pb.ts";
import type { Term } from "../../gen/dragoman/v1/job_pb.ts";
import { invalid } from "./invalid.ts";

const MAX_TERMS = 10_000;
/** Before they are packed. */
const MAX_BYTES = 2 * 1024 ** 2;

/** Terms as they are stored. Throws INVALID_REQUEST where they are too many, or too long together. */
export async function packed(terms: readonly Term[]): Promise<Uint8Array> {
  const bytes = toBinary(GlossaryTermsSchema, create(GlossaryTermsSchema, { terms: [...terms] }));
  if (terms.length > MAX_TERMS) throw invalid("terms", `has with those that are there at most ${MAX_TERMS}`);
  if (bytes.length > MAX_BYTES) throw invalid("terms", `takes with those that are there at most ${MAX_BYTES} bytes`);
  return promisify(gzip)(bytes);
}

export async function unpacked(bytes: Uint8Array): Promise<Term[]> {
  return fromBinary(GlossaryTermsSchema, await promisify(gunzip)(bytes, { maxOutputLength: 2 * MAX_BYTES })).terms;
}
