import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { isErrorCode } from "../../../platform/errors.ts";
import { FORMATS } from "../../../worker/engine/formats/registry.ts";
import { scratch } from "../../support/documents.ts";
import type { Attempts } from "./attempt.ts";
import { CONTAINERS, type Container, WORD } from "./containers.ts";
import { variantsOf, type World } from "./variants.ts";

const SECRET = "a secret of this machine";
const MIB = 1024 * 1024;
/** Of the child's heap: less than half of what a document may take where nothing else is said. */
const HEAP_MIB = 1300;
const MAX_RSS_BYTES = 1700 * MIB;
/** Each, on a machine that does other things too. */
const MAX_MS = 60_000;

const ARCHIVES = FORMATS.flatMap(({ id }): (readonly [string, Container])[] => {
  const container = CONTAINERS[id];
  return container === "no archive" ? [] : [[id, container]];
});

describe("a hostile archive", function () {
  this.timeout(300_000);
  let server: Server;
  let asked = 0;
  let world: World;
  let folder: Awaited<ReturnType<typeof scratch>>;

  before(async () => {
    folder = await scratch();
    server = createServer((_request, response) => response.end("x"));
    server.on("connection", () => {
      asked++;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    world = { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secretFile: await folder.file("secret.txt", SECRET) };
  });
  after(async () => {
    server.close();
    await folder[Symbol.asyncDispose]();
  });

  for (const [index, [id, container]] of ARCHIVES.entries())
    it(`of ${id} ends in an honest result or an error with a code, in bounded memory and time, and reaches for nothing`, async () => {
      const variants = variantsOf(container, world);
      const light = variants.filter((each) => !each.heavy);
      expect(light.length).to.be.greaterThan(20);
      const heavy = variants.filter((each) => each.heavy).filter((_, at) => (at + 3) % ARCHIVES.length === index);
      const { attempts, maxRssBytes } = await attempted(
        id,
        heavy.map(({ what }) => what),
      );
      expect(attempts).to.have.length(light.length + heavy.length);
      const wrong = attempts.filter(({ end }) => end !== "read" && !isErrorCode(end));
      expect(wrong.map(({ what, message }) => `${what}: ${message}`)).to.deep.equal([]);
      expect(attempts[0]?.end, attempts[0]?.message).to.equal("read");
      expect(attempts.filter(({ message, hasSecret }) => hasSecret || message.includes(WORD))).to.deep.equal([]);
      expect(attempts.filter(({ ms }) => ms > MAX_MS).map(({ what }) => what)).to.deep.equal([]);
      expect(maxRssBytes).to.be.lessThan(MAX_RSS_BYTES);
      expect(asked).to.equal(0);
    });

  async function attempted(id: string, heavy: readonly string[]): Promise<Attempts> {
    await using own = await scratch();
    const script = path.join(import.meta.dirname, "attempt.ts");
    const args = [`--max-old-space-size=${HEAP_MIB}`, script, id, own.path, world.address, world.secretFile, heavy.join("|")];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const [said, failed] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (said === "") throw new Error(`The process ended: ${failed.slice(-2000)}`);
    return JSON.parse(said) as Attempts;
  }
});
