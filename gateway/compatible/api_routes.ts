import { DragomanError } from "../../platform/errors.ts";
import type { Asked } from "./asked.ts";

/** One address of another service's API. */
export interface ApiRoute<Answer> {
  readonly verbs: readonly string[];
  /** As their documentation has it ("/v2/document/{id}"). */
  readonly route: string;
  readonly pattern: RegExp;
  readonly answer: Answer;
}

/** `verbs` are parted by spaces. */
export function apiRoute<Answer>(verbs: string, route: string, answer: Answer): ApiRoute<Answer> {
  return { verbs: verbs.split(" "), route, pattern: new RegExp(`^${route.replace(/\{\w+\}/g, "([^/]{1,1000})")}$`), answer };
}

/** The name of a path in telemetry, without what is secret in it; undefined if there is none. */
export function nameIn(routes: readonly ApiRoute<unknown>[], pathname: string): string | undefined {
  return routes.find(({ pattern }) => pattern.test(pathname))?.route;
}

/** Who answers, and the first part of the path that has a name. Throws ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED. */
export function answererOf<Answer>(
  routes: readonly ApiRoute<Answer>[],
  { request, response, pathname }: Asked,
): { readonly answer: Answer; readonly part: string } {
  const known = routes.filter(({ pattern }) => pattern.test(pathname));
  if (known.length === 0) throw DragomanError.of("ROUTE_NOT_FOUND", "There is nothing at this address.", { hint: "" });
  const route = known.find(({ verbs }) => verbs.includes(request.method ?? ""));
  if (!route) {
    // RFC 9110, 15.5.6.
    response.setHeader("allow", known.flatMap(({ verbs }) => verbs).join(", "));
    throw DragomanError.of("METHOD_NOT_ALLOWED", `There is no ${request.method} here.`, { hint: "" });
  }
  return { answer: route.answer, part: route.pattern.exec(pathname)?.[1] ?? "" };
}
