import { create } from "@bufbuild/protobuf";
import { type Artefact, ArtefactSchema, type Job, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { PreviewWorkSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import { outputKey, PAGED } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Store } from "../store/store.ts";

/** More than a worker takes for one: what is stored is stored before this has passed. */
const ANSWER_MS = 40_000;

interface PreviewParts {
  readonly store: Pick<Store, "get">;
  readonly artefacts: ArtefactStore;
  readonly messaging: Pick<Messaging, "askPreview">;
}

/** Pictures of pages. A worker makes one when it is first asked for; from then on it lies with the job's result. */
export class Previews {
  readonly #parts: PreviewParts;
  /** By key: whoever asks meanwhile waits for the same. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  /**
   * The artefact with its size, once it is there: at once if it is no preview, or was made before. Throws
   * ARTEFACT_NOT_FOUND for a page that cannot be shown, UNAVAILABLE while no worker makes it, JOB_NOT_FOUND if the
   * job is deleted meanwhile.
   */
  async made(record: JobRecord, artefact: Artefact): Promise<Artefact> {
    // An older worker made them with the result.
    if (!PAGED.has(artefact.format) || artefact.sha256 !== "") return artefact;
    const { artefacts } = this.#parts;
    const key = outputKey(record, artefact);
    const known = await artefacts.size(key);
    if (known === undefined) await this.#make(key, record, artefact);
    const sizeBytes = known ?? (await artefacts.size(key));
    if (!sizeBytes) throw DragomanError.of("ARTEFACT_NOT_FOUND", "This page cannot be shown as a picture.");
    return create(ArtefactSchema, { ...artefact, sizeBytes: BigInt(sizeBytes) });
  }

  #make(key: string, record: JobRecord, artefact: Artefact): Promise<void> {
    const known = this.#making.get(key);
    if (known) return known;
    const making = this.#ask(key, record, artefact).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #ask(key: string, record: JobRecord, { format, page }: Artefact): Promise<void> {
    const { store, artefacts, messaging } = this.#parts;
    const { id, fileName } = record.job;
    const shown = shownBy(record.job, format);
    const fileKey = shown ? outputKey(record, shown) : record.inputKey;
    const work = { jobId: id, tenantId: record.tenantId, format, page, fileKey, fileName, outputKey: key };
    const answer = await messaging.askPreview(create(PreviewWorkSchema, work), ANSWER_MS).catch((error: Error) => error);
    if (!(await store.get(id))) {
      // Whoever deleted the job meanwhile removed what was there then.
      await artefacts.remove(key);
      throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
    }
    if (answer instanceof Error) throw answer;
    if (answer.error) throw DragomanError.fromDetail(answer.error);
  }
}

/** The file of the result whose pages are shown; undefined for the document itself. */
function shownBy({ artefacts }: Job, format: ResultFormat): Artefact | undefined {
  const find = (wanted: ResultFormat) => artefacts.find((artefact) => artefact.format === wanted);
  if (format === ResultFormat.SOURCE_PREVIEW) return find(ResultFormat.SOURCE_PDF);
  return find(ResultFormat.PDF) ?? find(ResultFormat.DOCUMENT) ?? create(ArtefactSchema, { format: ResultFormat.PDF });
}
