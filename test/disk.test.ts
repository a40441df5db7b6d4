import { spawnSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { smallDisk } from "./support/disk.ts";
import { startService } from "./support/service.ts";

describe("a disk", () => {
  it("that is full makes uploads and jobs be refused with STORAGE_FULL, until there is room", async function () {
    await using disk = await smallDisk(this, 16);
    await using service = await startService({}, path.join(disk.path, "data"));
    const authorization = `Bearer ${service.apiKey}`;
    const reserve = () =>
      fetch(`${service.url}/uploads`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body: "{}" });
    const { url } = (await (await reserve()).json()) as { url: string };
    const put = () => fetch(service.url + url, { method: "PUT", body: "The garden is open today.".repeat(1000) });
    const fill = path.join(disk.path, "fill");
    disk.fill(fill);
    const refused = await put();
    expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([507, "STORAGE_FULL"]);
    const statuses = new Set<number>();
    // What the database has written before it may write again without asking for room.
    for (let count = 0; count < 500 && !statuses.has(507); count++) statuses.add((await reserve()).status);
    expect([...statuses].filter((status) => status !== 200)).to.deep.equal([507]);
    await rm(fill);
    expect((await put()).status).to.be.oneOf([200, 201, 204]);
    expect((await reserve()).status).to.equal(200);
  });

  it("that cannot be written to ends the start with what is wrong and what to do, and no stack", async function () {
    await using disk = await smallDisk(this);
    await mkdir(path.join(disk.path, "data"));
    disk.readOnly();
    for (const data of ["data", "new"]) {
      const { status, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", "cli/dragoman.ts", "serve"], {
        env: { ...process.env, DRAGOMAN_DATA: path.join(disk.path, data), DRAGOMAN_HTTP_PORT: "0", DRAGOMAN_GRPC_PORT: "0" },
        encoding: "utf8",
        timeout: 60_000,
      });
      expect(status).to.be.above(0);
      expect(stderr.trim().split("\n")).to.have.length(2);
      expect(stderr).to.match(/^STORAGE_FAILED: .* cannot be written to \(E[A-Z]+\)\.\n.*DRAGOMAN_DATA/);
    }
  });
});
