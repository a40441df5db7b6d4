import { type DescMethod, type DescService, getOption } from "@bufbuild/protobuf";
import { http } from "../gen/google/api/annotations_pb.ts";
import { DragomanError } from "../platform/errors.ts";

interface Route {
  readonly verb: string;
  /** As the contract has it ("/jobs/{id}"). */
  readonly route: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly method: DescMethod;
  readonly hasBody: boolean;
}

/** A request matched to its method. */
export interface RestCall {
  readonly method: DescMethod;
  readonly route: string;
  /** Throws INVALID_REQUEST where a part is not percent-encoded UTF-8. */
  readonly path: () => Readonly<Record<string, string>>;
  readonly hasBody: boolean;
}

export interface RestRoutes {
  /** HEAD is answered where GET is. */
  match(verb: string, path: string): RestCall | undefined;
  /** The verbs that `path` knows; none if it is no route. */
  allowed(path: string): readonly string[];
}

/** The routes that the contract's google.api.http annotations declare. */
export function restRoutes(services: readonly DescService[]): RestRoutes {
  const routes = services.flatMap((service) => service.methods).flatMap(toRoute);
  return {
    match(verb, path) {
      const asked = verb === "HEAD" ? "GET" : verb;
      for (const route of routes) {
        const match = route.verb === asked ? route.pattern.exec(path) : null;
        if (match)
          return {
            method: route.method,
            route: route.route,
            hasBody: route.hasBody,
            path: () => Object.fromEntries(route.names.map((name, index) => [name, decoded(match[index + 1] ?? "")])),
          };
      }
      return undefined;
    },
    allowed(path) {
      const verbs = routes.filter(({ pattern }) => pattern.test(path)).map(({ verb }) => verb);
      return verbs.length === 0 ? [] : [...verbs.flatMap((verb) => (verb === "GET" ? ["GET", "HEAD"] : [verb])), "OPTIONS"];
    },
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw DragomanError.of("INVALID_REQUEST", "The path is not percent-encoded UTF-8.", { cause });
  }
}

function toRoute(method: DescMethod): Route[] {
  const { pattern, body } = getOption(method, http);
  if (!pattern.case || pattern.case === "custom") return [];
  const names: string[] = [];
  const source = pattern.value.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return "([^/]+)";
  });
  return [
    { verb: pattern.case.toUpperCase(), route: pattern.value, pattern: new RegExp(`^${source}$`), names, method, hasBody: body === "*" },
  ];
}
