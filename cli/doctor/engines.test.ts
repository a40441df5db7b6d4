import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { checkEngines } from "./engines.ts";

describe("the doctor's look at translation engines", () => {
  it("says of one that hangs that it does not answer", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = new URL(`libretranslate+http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const [found] = await checkEngines([{ name: "slow", url, key: "" }], 50);
      expect([found?.verdict, found?.subject, found?.found]).to.deep.equal([
        "error",
        "translation engine slow",
        "does not answer within 0.05 s",
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
