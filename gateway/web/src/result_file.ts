import { useEffect, useState } from "preact/hooks";
import type { Dragoman } from "../../../client/dragoman.ts";
import type { Artefact, Job } from "../../../gen/dragoman/v1/job_pb.ts";

/** A file of the result, read when it is first shown. */
export function useFile<T>(job: Job, dragoman: Dragoman, artefact: Artefact | undefined, read: (blob: Blob) => Promise<T>) {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!artefact) return;
    const stop = new AbortController();
    fetchFile(job, dragoman, artefact, stop.signal)
      .then(read)
      .then((got) => !stop.signal.aborted && setValue(got as never))
      .catch((thrown) => !stop.signal.aborted && setError(thrown));
    return () => stop.abort();
  }, [job.id, artefact?.fileName]);
  return { value, error };
}

export async function fetchFile({ id }: Job, dragoman: Dragoman, artefact: Artefact, signal?: AbortSignal): Promise<Blob> {
  const pieces: BlobPart[] = [];
  for await (const piece of dragoman.result(id, artefact, signal)) pieces.push(piece as BlobPart);
  return new Blob(pieces, { type: artefact.mediaType });
}
