import { ClientError } from "../../../client/error.ts";
import type { Error as ErrorDetail } from "../../../gen/dragoman/v1/error_pb.ts";
import { useWords } from "./words.ts";

/** An error as people need it: what happened, what to do, and what to give to whoever helps. */
export function Problem({ error }: { readonly error: unknown }) {
  const words = useWords();
  const detail: Partial<ErrorDetail> = error instanceof ClientError ? error.detail : { message: String(error), code: "", hint: "" };
  return <Failure title={words.error} detail={detail} />;
}

export function Failure({ title, detail }: { readonly title: string; readonly detail: Partial<ErrorDetail> }) {
  const words = useWords();
  return (
    <section class="problem" role="alert">
      <h3>{title}</h3>
      <p>{detail.message}</p>
      {detail.hint && <p class="hint">{detail.hint}</p>}
      <p class="small">
        {detail.code && <code>{detail.code}</code>}
        {detail.traceId && (
          <span>
            {words.trace} <code>{detail.traceId}</code>
          </span>
        )}
      </p>
    </section>
  );
}
