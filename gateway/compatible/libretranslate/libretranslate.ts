import { DragomanError } from "../../../platform/errors.ts";
import { type Asked, notAllowed } from "../asked.ts";
import { health, languages, settings } from "./about.ts";
import { downloadFile, translateFile } from "./files.ts";
import { detect, translate } from "./texts.ts";

/** Where all of it is served; at the root, too, but for what is ours there. */
export const PREFIX = "/libretranslate";

interface Route {
  readonly verbs: readonly string[];
  readonly route: string;
  readonly pattern: RegExp;
  readonly answer: (asked: Asked, part: string) => Promise<void>;
}

const DOWNLOAD = /^\/download_file\/([\w-]{1,1000})\/[^/]*$/;
const ROUTES: readonly Route[] = [
  { verbs: ["POST"], route: "/translate", pattern: /^\/translate$/, answer: translate },
  { verbs: ["POST"], route: "/translate_file", pattern: /^\/translate_file$/, answer: translateFile },
  { verbs: ["GET", "HEAD"], route: "/download_file/{address}/{name}", pattern: DOWNLOAD, answer: downloadFile },
  { verbs: ["POST"], route: "/detect", pattern: /^\/detect$/, answer: detect },
  { verbs: ["GET", "HEAD", "POST"], route: "/languages", pattern: /^\/languages$/, answer: languages },
  { verbs: ["GET", "HEAD"], route: "/frontend/settings", pattern: /^\/frontend\/settings$/, answer: settings },
  { verbs: ["GET", "HEAD"], route: "/health", pattern: /^\/health$/, answer: health },
];

/** The path within LibreTranslate's API and the prefix before it; undefined if it is none of its own. */
export function libretranslatePath(address: URL, method: string): { readonly pathname: string; readonly prefix: string } | undefined {
  const { pathname } = address;
  if (pathname === PREFIX || pathname.startsWith(`${PREFIX}/`)) return { pathname: pathname.slice(PREFIX.length), prefix: PREFIX };
  // Our own list has the same name, and its caller's key in a header.
  if (pathname === "/languages" && method !== "POST" && !address.searchParams.has("api_key")) return undefined;
  return ROUTES.some(({ pattern }) => pattern.test(pathname)) ? { pathname, prefix: "" } : undefined;
}

/** Its name for telemetry, without what is secret in it. */
export function libretranslateRoute(pathname: string): string | undefined {
  return ROUTES.find(({ pattern }) => pattern.test(pathname))?.route;
}

/** LibreTranslate's API (https://docs.libretranslate.com) for clients that exist: their `api_key` is one of our keys. Throws DragomanError. */
export async function answerLibretranslate(asked: Asked): Promise<void> {
  const { request, pathname } = asked;
  const known = ROUTES.filter(({ pattern }) => pattern.test(pathname));
  const route = known.find(({ verbs }) => verbs.includes(request.method ?? ""));
  if (known.length === 0) throw DragomanError.of("ROUTE_NOT_FOUND", "There is nothing at this address.", { hint: "" });
  if (!route) throw notAllowed(asked, known);
  const [, part = ""] = route.pattern.exec(pathname) ?? [];
  await route.answer(asked, part);
}
