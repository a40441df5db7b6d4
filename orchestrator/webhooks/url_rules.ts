import { isIP } from "node:net";
import { addressRule, hostOf, isHostAllowed, type PrivateNetworks } from "./addresses.ts";

const MAX_LETTERS = 2_000;

/** What a deployment and a tenant let webhooks be sent to. */
export interface UrlRules {
  readonly privateNetworks: PrivateNetworks;
  /** Of the tenant; all if there are none. */
  readonly hosts?: readonly string[] | undefined;
}

/** Why webhooks are not sent to `text`, as the end of a sentence that begins with the field; undefined if they are. */
export function urlRefusal(text: string, { privateNetworks, hosts = [] }: UrlRules): string | undefined {
  const url = text.length <= MAX_LETTERS && !/\s/.test(text) ? URL.parse(text) : null;
  if (!url) return `is a URL of at most ${MAX_LETTERS} characters`;
  const isClear = url.protocol === "http:";
  if (url.protocol !== "https:" && !(isClear && privateNetworks !== "none")) return "begins with https://";
  if (url.username !== "" || url.password !== "") return "has no user and no password; posts are signed";
  if (!isHostAllowed(url.hostname, hosts)) return "is of a host that this tenant's webhooks may be sent to";
  const host = hostOf(url);
  if (isIP(host) !== 0 && !addressRule(privateNetworks)(host)) return "is of an address of the public internet";
  return undefined;
}
