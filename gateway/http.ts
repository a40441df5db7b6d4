import type { IncomingMessage, RequestListener } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import type { Logger } from "../platform/log.ts";
import { traceIdOf } from "../platform/trace.ts";
import { type Admit, refuseRest } from "./admission.ts";
import { compatibleApis, compatibleRoute } from "./compatible/compatible.ts";
import { corsFor } from "./cors.ts";
import { checked, promisedDigests } from "./digests.ts";
import type { FinishedJobCache } from "./finished_job_cache.ts";
import { createJobFromForm } from "./form.ts";
import type { AnswerVerb } from "./methods.ts";
import { pageServer } from "./page.ts";
import type { CallProxy } from "./proxy.ts";
import { referenceServer } from "./reference.ts";
import { answerKnown, answerRest, writeJson, writeProblem } from "./rest.ts";
import { RESUMABLE, resumableUploads } from "./resumable.ts";
import type { RestRoutes } from "./routes.ts";
import { limitStalls } from "./stalls.ts";
import { type RouteOf, traceparentOf } from "./telemetry.ts";
import { answerTmx, TMX_PATH } from "./tmx/tmx.ts";
import { granted, takeUpload } from "./uploads.ts";
import { importXliffBody, isXliff } from "./xliff.ts";

/** Whoever came once with TLS does not come without it for a year (RFC 6797). */
const HSTS = "max-age=31536000";

interface HttpParts {
  readonly artefacts: ArtefactStore;
  readonly uploadSecret: string;
  readonly corsOrigins: readonly string[];
  readonly log: Logger;
  readonly admit: Admit;
  /** Whether it is reached by TLS. */
  readonly secure: boolean;
}

/** Every route by its pattern, so that there are as many as the contract has. */
export function routes(services: readonly DescService[], { match }: RestRoutes): RouteOf {
  const methods = new Set(services.flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`)));
  return (request) => {
    const { method, url = "" } = request;
    const [path = ""] = url.split("?");
    if (methods.has(path)) return path;
    if (path === "/openapi.json" || path === "/document.schema.json" || path.startsWith("/docs")) return "/docs";
    if (path === "/" || path.startsWith("/assets/") || path.startsWith("/view/")) return "/";
    if (path.startsWith(`${RESUMABLE}/`)) return `${RESUMABLE}/{grant}`;
    if (path === TMX_PATH) return TMX_PATH;
    if (method === "PUT" && path.startsWith("/uploads/")) return "/uploads/{grant}";
    return match(method ?? "", path)?.route ?? compatibleRoute(request);
  };
}

/** REST, uploads, the page, and all the rest handed on to Connect. */
export function httpHandler(
  parts: HttpParts,
  { match }: RestRoutes,
  answerVerb: AnswerVerb,
  proxy: CallProxy,
  connect: RequestListener,
  finished: FinishedJobCache,
): RequestListener {
  const cors = corsFor(parts.corsOrigins);
  const page = pageServer(parts.artefacts.direct?.origin ?? "");
  const reference = referenceServer();
  const resumable = resumableUploads(parts.artefacts, parts.uploadSecret);
  const { admit } = parts;
  const compatible = compatibleApis({ ...parts, proxy });
  return (request, response) => {
    const traceparent = traceparentOf(request);
    const traceId = traceIdOf(traceparent);
    response.setHeader("x-content-type-options", "nosniff");
    if (parts.secure) response.setHeader("strict-transport-security", HSTS);
    if (cors(request, response)) return;
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    // Whoever reads or writes is told of an error as well; without a reader it would end the process.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    response.on("pipe", (source) => source.on("error", () => response.destroy()));
    const { authorization = "" } = request.headers;
    const options: CallOptions = {
      authorization,
      traceparent,
      signal: gone.signal,
      onHeader: (name, value) => void (response.headersSent || response.setHeader(name, value)),
    };
    if (compatible(request, response, options)) return;
    const answer = async () => {
      if (expects(request)) throw DragomanError.of("EXPECTATION_FAILED", "The header `expect` asks for what there is not.");
      const known = answerKnown(request, response, finished);
      if (known) return known;
      if (request.url === "*" && answerVerb(request, response, request.url)) return;
      const { pathname, searchParams } = addressOf(request);
      if (answerVerb(request, response, pathname)) return;
      const call = match(request.method ?? "", pathname);
      const isXliffBody = call?.method === JobService.method.importXliff && isXliff(request);
      const isUpload =
        (!call && pathname.startsWith("/uploads/")) || (call?.method === JobService.method.createJob && isForm(request)) || isXliffBody;
      if (call?.hasBody) await admit(authorization);
      if (isUpload) limitStalls(request, response);
      if (pathname === RESUMABLE || pathname.startsWith(`${RESUMABLE}/`)) {
        await resumable(request, response);
      } else if (request.method === "PUT" && pathname.startsWith("/uploads/")) {
        const grant = granted(pathname.slice("/uploads/".length), parts.uploadSecret);
        const bytes = request.iterator({ destroyOnReturn: false });
        await takeUpload(grant, checked(bytes, promisedDigests(request.headers)), parts.artefacts);
        response.writeHead(204).end();
      } else if (pathname === TMX_PATH) {
        await answerTmx(request, response, searchParams, options, { proxy, admit });
      } else if (!call) {
        if (!page(request, response, pathname) && !reference(request, response, pathname)) connect(request, response);
      } else if (call.method === JobService.method.createJob && isForm(request)) {
        const job = await createJobFromForm(request, options, { ...parts, proxy });
        await writeJson(request, response, call.method, job);
      } else if (isXliffBody) {
        const job = await importXliffBody(call.path()["id"] ?? "", request, options, { ...parts, proxy });
        await writeJson(request, response, call.method, job);
      } else {
        await answerRest(call, request, searchParams, response, options, proxy, finished);
      }
    };
    const refuse = (error: unknown) => {
      if (gone.signal.aborted) return;
      const known = asDragomanError(error);
      if (known.code === "INTERNAL") parts.log.error({ err: known.cause, traceId }, "request failed");
      refuseRest(request, response);
      writeProblem(response, known, traceId);
    };
    answer().catch(refuse);
  };
}

/** What Node has not met already (RFC 9110, 10.1.1). */
function expects({ headers: { expect } }: IncomingMessage): boolean {
  return expect !== undefined && expect.toLowerCase() !== "100-continue";
}

function addressOf(request: IncomingMessage): URL {
  const { url = "/", httpVersion, headers } = request;
  // RFC 9112, 3.2.
  if (httpVersion === "1.1" && headers.host === undefined) throw DragomanError.of("INVALID_REQUEST", "The request has no `host` header.");
  const address = url.startsWith("/") ? URL.parse(`http://gateway${url}`) : null;
  if (!address) throw DragomanError.of("INVALID_REQUEST", "The request's target is not an address.");
  return address;
}

function isForm(request: IncomingMessage): boolean {
  return request.headers["content-type"]?.startsWith("multipart/form-data") === true;
}
