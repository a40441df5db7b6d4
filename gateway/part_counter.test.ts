import { expect } from "chai";
import { PartCounter } from "./part_counter.ts";

describe("the parts of a form", () => {
  const BODY = "preamble\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n-\r\n--\r\n--b\r\n\r\n\r\n--b--\r\n";

  async function count(body: string, size: number, contentType = 'multipart/form-data; boundary="b"'): Promise<number> {
    const counter = new PartCounter(contentType);
    const bytes = Buffer.from(body);
    const passed: Uint8Array[] = [];
    const chunks = async function* () {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    };
    for await (const chunk of counter.pass(chunks())) passed.push(chunk);
    expect(Buffer.concat(passed).equals(bytes)).to.equal(true);
    return counter.parts;
  }

  it("are counted wherever the bytes are cut", async () => {
    for (let size = 1; size <= BODY.length; size++) expect(await count(BODY, size), `${size}`).to.equal(3);
  });
  it("are counted where the body begins with the first", async () => {
    for (const size of [1, 3, 5, 100]) expect(await count("--b\r\n\r\none\r\n--b--\r\n", size), `${size}`).to.equal(1);
  });
  it("are none where there is no boundary", async () => {
    expect(await count("one", 2)).to.equal(0);
    expect(await count("one", 2, "nonsense")).to.equal(0);
  });
});
