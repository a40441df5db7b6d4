import dns from "node:dns";

/** How long a name server may be silent, and how often it is asked. */
const PATIENCE = { timeout: 3_000, tries: 2 };

/**
 * All addresses of a name, of the machine's name servers, or of `servers`. The system's own lookup keeps one of a process's few threads
 * busy for as long as a name server is silent (libuv gives such work half of four): whoever has names that nobody answers would hold up
 * every other tenant's webhooks. Throws what Node's resolver throws.
 */
export async function askNameServers(name: string, servers?: readonly string[]): Promise<dns.LookupAddress[]> {
  // Name servers need not know it (RFC 6761, 6.3).
  if (/(^|\.)localhost\.?$/i.test(name)) return [{ address: "127.0.0.1", family: 4 }];
  // One for each name: it knows the machine's name servers as they are now.
  const resolver = new dns.promises.Resolver(PATIENCE);
  if (servers) resolver.setServers(servers);
  const asked = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = asked.flatMap((answer, index) =>
    answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })) : [],
  );
  const failed = asked.find((answer) => answer.status === "rejected");
  if (found.length === 0 && failed?.status === "rejected") throw failed.reason;
  return found;
}
