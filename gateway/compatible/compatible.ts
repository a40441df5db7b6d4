import type { IncomingMessage, ServerResponse } from "node:http";
import { asDragomanError } from "../../platform/errors.ts";
import type { CallOptions } from "../../platform/grpc/client.ts";
import { traceIdOf } from "../../platform/trace.ts";
import { refuseRest } from "../admission.ts";
import type { Asked, CompatibleParts } from "./asked.ts";
import { answerDeepl, deeplRoute } from "./deepl/deepl.ts";
import { writeDeeplError } from "./deepl/errors.ts";
import { SharedWork } from "./shared_work.ts";
import type { TranslatedText } from "./texts.ts";

/** The route of another service's API that a path is; undefined if it is one of ours, or none. */
export function compatibleRoute(pathname: string): string | undefined {
  return deeplRoute(pathname);
}

/** Answers requests to other services' APIs, errors in their shapes. False where the path is none of theirs. */
export type AnswerCompatible = (request: IncomingMessage, response: ServerResponse, options: CallOptions) => boolean;

export function compatibleApis(parts: CompatibleParts): AnswerCompatible {
  const work = new SharedWork<readonly TranslatedText[]>();
  return (request, response, options) => {
    const address = URL.parse(`http://gateway${request.url ?? "/"}`);
    if (!address || deeplRoute(address.pathname) === undefined) return false;
    const gone = options.signal ?? new AbortController().signal;
    const { pathname, searchParams: query } = address;
    const asked: Asked = { request, response, pathname, query, options, parts: { ...parts, work }, gone };
    answerDeepl(asked).catch((thrown: unknown) => {
      if (gone.aborted) return;
      const error = asDragomanError(thrown);
      const traceId = traceIdOf(options.traceparent ?? "");
      if (error.code === "INTERNAL") parts.log.error({ err: error.cause, traceId }, "request failed");
      if (response.headersSent) return void response.destroy();
      refuseRest(request, response);
      writeDeeplError(response, error, traceId);
    });
    return true;
  };
}
