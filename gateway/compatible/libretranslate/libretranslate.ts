import { type ApiRoute, answererOf, apiRoute, nameIn } from "../api_routes.ts";
import type { Asked } from "../asked.ts";
import { health, languages, settings } from "./about.ts";
import { downloadFile, translateFile } from "./files.ts";
import { detect, translate } from "./texts.ts";

/** Where all of it is served; at the root, too, but for what is ours there. */
const PREFIX = "/libretranslate";

const ROUTES: readonly ApiRoute<(asked: Asked, part: string) => Promise<void>>[] = [
  apiRoute("POST", "/translate", translate),
  apiRoute("POST", "/translate_file", translateFile),
  apiRoute("GET HEAD", "/download_file/{address}/{name}", downloadFile),
  apiRoute("POST", "/detect", detect),
  apiRoute("GET HEAD POST", "/languages", languages),
  apiRoute("GET HEAD", "/frontend/settings", settings),
  apiRoute("GET HEAD", "/health", health),
];

/** The path within LibreTranslate's API and the prefix before it; undefined if it is none of its own. */
export function libretranslatePath(address: URL, method: string): { readonly pathname: string; readonly prefix: string } | undefined {
  const { pathname } = address;
  if (pathname === PREFIX || pathname.startsWith(`${PREFIX}/`)) return { pathname: pathname.slice(PREFIX.length), prefix: PREFIX };
  // Our own list has the same name, and its caller's key in a header.
  if (pathname === "/languages" && method !== "POST" && !address.searchParams.has("api_key")) return undefined;
  return nameIn(ROUTES, pathname) ? { pathname, prefix: "" } : undefined;
}

/** Its name for telemetry, without what is secret in it. */
export function libretranslateRoute(pathname: string): string | undefined {
  return nameIn(ROUTES, pathname);
}

/** LibreTranslate's API (https://docs.libretranslate.com) for clients that exist: their `api_key` is one of our keys. Throws DragomanError. */
export async function answerLibretranslate(asked: Asked): Promise<void> {
  const { answer, part } = answererOf(ROUTES, asked);
  await answer(asked, part);
}
