import { expect } from "chai";
import fc from "fast-check";
import { addressRule } from "./addresses.ts";
import { urlRefusal } from "./url_rules.ts";

const none = { privateNetworks: "none" } as const;

describe("where webhooks may go", () => {
  it("is the public internet by https, without user and password", () => {
    for (const url of ["https://a.example", "https://a.example:8443/x?y=1", "https://93.184.215.14/", "https://[2606:2800:21f::1]/"])
      expect(urlRefusal(url, none), url).to.equal(undefined);
    for (const url of [
      "http://a.example",
      "ftp://a.example",
      "https://u@a.example",
      "https://0x7f.1",
      "https://[::ffff:10.0.0.1]",
      "a.example",
      "",
    ])
      expect(urlRefusal(url, none), url).to.be.a("string");
    expect(urlRefusal(`https://a.example/${"x".repeat(2_000)}`, none)).to.be.a("string");
  });
  it("is what a deployment lets besides, by http as well, and never where clouds keep credentials", () => {
    const all = { privateNetworks: "all" } as const;
    for (const url of ["http://127.0.0.1:9", "http://10.1.2.3", "https://[fd00::1]", "http://a.example"])
      expect(urlRefusal(url, all), url).to.equal(undefined);
    for (const url of ["http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0", "http://224.0.0.1"])
      expect(urlRefusal(url, all), url).to.be.a("string");
    const some = { privateNetworks: ["10.1.0.0/16"] };
    expect([urlRefusal("http://10.1.2.3", some), urlRefusal("http://10.2.0.1", some) === undefined]).to.deep.equal([undefined, false]);
  });
  it("is of the tenant's hosts, where it has any", () => {
    const rules = { ...none, hosts: ["a.example", "*.b.example"] };
    for (const host of ["a.example", "A.example", "x.b.example", "y.x.b.example", "a.example."])
      expect(urlRefusal(`https://${host}`, rules), host).to.equal(undefined);
    for (const host of ["b.example", "xb.example", "x.a.example", "a.example.evil", "evil-b.example"])
      expect(urlRefusal(`https://${host}`, rules), host).to.be.a("string");
  });
  it("is no private address, in whichever notation of IPv6 it comes", () => {
    const may = addressRule("none");
    const octet = fc.integer({ min: 0, max: 255 });
    const inside = fc
      .tuple(fc.constantFrom([10], [127], [192, 168], [172, 20], [169, 254], [100, 64], [0]), octet, octet, octet)
      .map(([net, ...rest]) => [...net, ...rest].slice(0, 4));
    fc.assert(
      fc.property(inside, (bytes) => {
        const [a = 0, b = 0, c = 0, d = 0] = bytes;
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const dotted = bytes.join(".");
        for (const address of [
          dotted,
          `::ffff:${dotted}`,
          `::ffff:${hex}`,
          `0:0:0:0:0:ffff:${hex}`,
          `::${hex}`,
          `64:ff9b::${hex}`,
          `2002:${hex}::1`,
          `fe80::${hex}%eth0`,
        ])
          expect(may(address), address).to.equal(false);
      }),
    );
    expect([may("8.8.8.8"), may("2606:4700::1111"), may("not an address")]).to.deep.equal([true, true, false]);
  });
});
