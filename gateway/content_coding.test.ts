import { expect } from "chai";
import { accepted } from "./content_coding.ts";

describe("Accept-Encoding", () => {
  const cases: Readonly<Record<string, string>> = {
    "": "identity",
    "gzip, deflate, br": "br",
    "gzip;q=1, br;q=0.5": "gzip",
    "br;q=0, gzip;q=0": "identity",
    "*": "br",
    "*;q=0.1, br;q=0": "gzip",
    "identity;q=1, gzip;q=0.5": "identity",
    deflate: "identity",
    "GZIP ; Q=0.8": "gzip",
  };
  for (const [header, coding] of Object.entries(cases)) it(`"${header}" is ${coding}`, () => expect(accepted(header)).to.equal(coding));
});
