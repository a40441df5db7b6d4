import type { IncomingMessage, ServerResponse } from "node:http";
import { asDragomanError, type DragomanError } from "../../platform/errors.ts";
import type { CallOptions } from "../../platform/grpc/client.ts";
import { traceIdOf } from "../../platform/trace.ts";
import { refuseRest } from "../admission.ts";
import type { Asked, CompatibleParts } from "./asked.ts";
import { answerDeepl, deeplRoute } from "./deepl/deepl.ts";
import { writeDeeplError } from "./deepl/errors.ts";
import { writeLibretranslateError } from "./libretranslate/errors.ts";
import { answerLibretranslate, libretranslatePath, libretranslateRoute } from "./libretranslate/libretranslate.ts";
import { SharedWork } from "./shared_work.ts";
import type { TranslatedText } from "./texts.ts";

/** Another service's API, and where in it an address is. */
interface Found {
  readonly route: string;
  readonly pathname: string;
  readonly prefix: string;
  /** Throws DragomanError. */
  readonly answer: (asked: Asked) => Promise<void>;
  readonly refuse: (response: ServerResponse, error: DragomanError, traceId: string) => void;
}

/** What no other address begins with; most requests are none of these, and are not looked at closer. */
const BEGINNING = /^\/(v[23]|libretranslate|translate|translate_file|download_file|detect|languages|frontend|health)([/?]|$)/;

function find(url: string, method: string): Found | undefined {
  if (!BEGINNING.test(url)) return undefined;
  const address = URL.parse(`http://gateway${url}`);
  if (!address) return undefined;
  const deepl = deeplRoute(address.pathname);
  if (deepl !== undefined) return { route: deepl, pathname: address.pathname, prefix: "", answer: answerDeepl, refuse: writeDeeplError };
  const path = libretranslatePath(address, method);
  if (!path) return undefined;
  const route = `${path.prefix}${libretranslateRoute(path.pathname) ?? "/"}`;
  return { ...path, route, answer: answerLibretranslate, refuse: writeLibretranslateError };
}

/** The route of another service's API, with names in place of ids; undefined if it is one of ours, or none. */
export function compatibleRoute({ url = "/", method = "" }: IncomingMessage): string | undefined {
  return find(url, method)?.route;
}

/** Answers requests to other services' APIs, errors in their shapes. False where the address is none of theirs. */
export type AnswerCompatible = (request: IncomingMessage, response: ServerResponse, options: CallOptions) => boolean;

export function compatibleApis(parts: CompatibleParts): AnswerCompatible {
  const work = new SharedWork<readonly TranslatedText[]>();
  return (request, response, options) => {
    const { url = "/", method = "" } = request;
    const found = find(url, method);
    if (!found) return false;
    const { pathname, prefix, answer, refuse } = found;
    const gone = options.signal ?? new AbortController().signal;
    const query = new URLSearchParams(url.split("?").slice(1).join("?"));
    answer({ request, response, pathname, prefix, query, options, parts: { ...parts, work }, gone }).catch((thrown: unknown) => {
      if (gone.aborted) return;
      const error = asDragomanError(thrown);
      const traceId = traceIdOf(options.traceparent ?? "");
      if (error.code === "INTERNAL") parts.log.error({ err: error.cause, traceId }, "request failed");
      if (response.headersSent) return void response.destroy();
      refuseRest(request, response);
      refuse(response, error, traceId);
    });
    return true;
  };
}
