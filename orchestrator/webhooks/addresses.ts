import { BlockList, isIP, isIPv4 } from "node:net";

/** Of networks that are not the public internet's, those that webhooks may be sent to all the same. */
export type PrivateNetworks = "none" | "all" | readonly string[];

/** What IANA's registries of special-purpose addresses (RFC 6890) do not call globally reachable, and multicast. */
const SPECIAL_4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"],
  ...["192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
];
/** Of IPv6 only 2000::/3 is given out; these parts of it are special, or hold an IPv4 address (Teredo, 6to4). */
const SPECIAL_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];
const GIVEN_OUT_6 = ["2000::/3"];
/** Networks of one's own: never link-local ones, where clouds keep their machines' credentials. */
const OWN = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"];

const special = listOf([...SPECIAL_4, ...SPECIAL_6]);
const givenOut = listOf(GIVEN_OUT_6);

/** Says of addresses whether webhooks may go there; of what is no address, no. */
export function addressRule(networks: PrivateNetworks): (address: string) => boolean {
  const own = listOf(networks === "none" ? [] : networks === "all" ? OWN : networks);
  return (given) => {
    const address = embedded(given);
    if (isIP(address) === 0) return false;
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (own.check(address, family)) return true;
    return !special.check(address, family) && (family === "ipv4" || givenOut.check(address, family));
  };
}

/** Hosts of a list, where "*." stands for all below a name; every one if the list is empty. */
export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return (
    allowed.length === 0 ||
    allowed.map((one) => one.toLowerCase()).some((one) => (one.startsWith("*.") ? name.endsWith(one.slice(1)) : name === one))
  );
}

/** The host of a URL as it is resolved: without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The IPv4 address that an IPv6 one stands for (RFC 4291, 2.5.5.2); any other as it is. */
function embedded(address: string): string {
  const canonical = isIP(address) === 6 ? hostOf(new URL(`http://[${address.replace(/%.*$/, "")}]`)) : address;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return bytes.join(".");
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}
