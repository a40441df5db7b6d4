import type { IncomingMessage, ServerResponse } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { DragomanError } from "../platform/errors.ts";
import { RESUMABLE } from "./resumable.ts";
import type { RestRoutes } from "./routes.ts";
import { TMX_PATH } from "./tmx/tmx.ts";

const READ = ["GET", "HEAD", "OPTIONS"];
const EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const PAGES = /^\/(view\/[0-9A-Za-z]+|assets\/.*|docs(\/.*)?|openapi\.json|document\.schema\.json)?$/;

/**
 * Answers OPTIONS, and throws METHOD_NOT_ALLOWED for a verb that its address does not know, with Allow in both (RFC 9110,
 * 9.3.7 and 15.5.6). False where the verb is one of the address's, or where nothing is known of it.
 */
export type AnswerVerb = (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean;

export function answerVerbs(services: readonly DescService[], routes: RestRoutes): AnswerVerb {
  const rpcs = new Map<string, readonly string[]>(
    services.flatMap(({ typeName, methods }) =>
      methods.map(({ name, idempotency }) => {
        const isRead = idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
        return [`/${typeName}/${name}`, isRead ? ["GET", "POST", "OPTIONS"] : ["POST", "OPTIONS"]] as const;
      }),
    ),
  );
  const allowedAt = (path: string): readonly string[] => {
    if (path === "*") return EVERY;
    const verbs = rpcs.get(path) ?? routes.allowed(path);
    if (verbs.length > 0) return verbs;
    // Their protocol has an OPTIONS of its own.
    if (path.startsWith(RESUMABLE)) return [];
    if (path.startsWith("/uploads/")) return ["PUT", "OPTIONS"];
    if (path === TMX_PATH) return ["GET", "HEAD", "POST", "OPTIONS"];
    return PAGES.test(path) ? READ : [];
  };
  return ({ method = "" }, response, pathname) => {
    const allowed = allowedAt(pathname);
    if (allowed.length === 0 || (allowed.includes(method) && method !== "OPTIONS")) return false;
    response.setHeader("allow", allowed.join(", "));
    if (method !== "OPTIONS") throw DragomanError.of("METHOD_NOT_ALLOWED", `There is no ${method} here.`);
    response.writeHead(204).end();
    return true;
  };
}

/** A request's target without the host that a proxy's client puts before it (RFC 9112, 3.2.2). */
export function originForm(target: string): string {
  if (!/^https?:\/\//i.test(target)) return target;
  const { pathname, search } = URL.parse(target) ?? { pathname: target, search: "" };
  return pathname + search;
}
