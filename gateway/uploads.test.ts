import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import type { DragomanError } from "../platform/errors.ts";
import { signUpload } from "../platform/uploads.ts";
import { granted, takeUpload } from "./uploads.ts";

const SECRET = "a secret for tests";
const MINUTE = 60_000;

describe("an upload's grant", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-grant-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What becomes of an upload whose grant, by this machine's clock, is over since `overMs`. */
  async function upload(overMs: number): Promise<string> {
    const artefacts = await openFileArtefacts(folder);
    const token = signUpload({ key: "tenants/t/uploads/u", maxBytes: 100, expireAt: Date.now() - overMs, md5: "" }, SECRET);
    const bytes = async function* () {
      yield Buffer.from("text");
    };
    try {
      await takeUpload(granted(token, SECRET), bytes(), artefacts);
      return "taken";
    } catch (error) {
      return (error as DragomanError).code;
    }
  }

  it("is good where the clock of who signed it is some minutes behind", async () => {
    expect(await upload(4 * MINUTE)).to.equal("taken");
  });
  it("is not good for much longer than it says", async () => {
    expect(await upload(6 * MINUTE)).to.equal("PERMISSION_DENIED");
  });
});
