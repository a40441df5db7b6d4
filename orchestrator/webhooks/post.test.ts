import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { addressRule } from "./addresses.ts";
import { type PostParts, poster } from "./post.ts";

const BODY = Buffer.from("{}");

const CA = `[ca]
default_ca = own
[own]
database = $folder/index.txt
serial = $folder/serial
new_certs_dir = $folder
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

/** So many days from now, as openssl takes it: "20261126235900Z". */
function asn1Time(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\..*/g, "")}Z`;
}

/** A key and a certificate of hooks.example, which signed itself. */
async function selfSigned({ expired = false } = {}): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-tls-"));
  try {
    const [key, request, cert, config] = ["key.pem", "request.pem", "cert.pem", "ca.cnf"].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    const subject = ["-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await promisify(execFile)("openssl", ["req", "-new", ...kind, "-keyout", key, "-out", request, ...subject]);
    await writeFile(path.join(folder, "index.txt"), "");
    await writeFile(path.join(folder, "serial"), "01");
    await writeFile(config, CA.replaceAll("$folder", folder));
    // `openssl x509` of version 3.5 makes none that has expired.
    const [from, to] = (expired ? [-2, -1] : [-1, 2]).map(asn1Time) as [string, string];
    const signed = ["ca", "-batch", "-selfsign", "-notext", "-config", config, "-keyfile", key, "-in", request];
    await promisify(execFile)("openssl", [...signed, "-out", cert, "-startdate", from, "-enddate", to]);
    return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("a post to somebody else's server", () => {
  const opened: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of opened.splice(0)) server.close();
  });

  const listening = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    opened.push(server);
    return (server.address() as AddressInfo).port;
  };
  const serving = (answer: (response: ServerResponse) => void) => {
    const server = createServer((request, response) => {
      request.resume().once("end", () => answer(response));
    });
    opened.push({ close: () => server.closeAllConnections() });
    return listening(server);
  };
  const send = (url: string, parts: Partial<PostParts> = {}) =>
    poster({ mayReach: addressRule("all"), ...parts })(url, {}, BODY, AbortSignal.timeout(20_000));

  it("tells the status, how long it took and how the answer begins", async () => {
    const port = await serving((response) => response.writeHead(201).end(`thank\u001b[31m you${"!".repeat(5000)}`));
    const posted = await send(`http://127.0.0.1:${port}/hook?a=1`);
    expect(posted.status).to.equal(201);
    expect(posted.answer)
      .to.match(/^thank\ufffd\[31m you!+$/)
      .and.have.length(1000);
    expect(posted.durationMs).to.be.within(0, 5000);
  });
  it("does not follow a redirect", async () => {
    let asked = 0;
    const port = await serving((response) => {
      asked += 1;
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    });
    expect(await send(`http://127.0.0.1:${port}`)).to.include({ status: 302 });
    expect(asked).to.equal(1);
  });
  it("reads no more of an endless answer than it keeps a part of", async () => {
    let written = 0;
    const port = await serving((response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 97))) written += 65_536;
      };
      response.on("drain", more).writeHead(200);
      more();
    });
    const posted = await send(`http://127.0.0.1:${port}`);
    expect(posted).to.include({ status: 200 });
    expect(written).to.be.lessThan(16 * 1024 ** 2);
  });
  it("takes the status of an answer that drips, and waits no longer than a moment for the rest", async () => {
    const port = await serving((response) => {
      const drip = setInterval(() => response.write("."), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect((await send(`http://127.0.0.1:${port}`)).status).to.equal(200);
  });
  it("ends what hangs by its deadline, with headers that drip as well", async () => {
    const silent = createTcpServer((socket) => {
      const drip = setInterval(() => socket.write("HTTP/1.1 100 Continue\r\n\r\n"), 50);
      socket.on("error", () => undefined).once("close", () => clearInterval(drip));
    });
    const port = await listening(silent);
    expect(await send(`http://127.0.0.1:${port}`, { deadlineMs: 300 })).to.include({ status: 0, error: "TIMEOUT" });
  });
  it("is not left waiting by an answer that changes the protocol, after which the connection ends without a word", async () => {
    const switching = createTcpServer((socket) => {
      const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
      socket.on("error", () => undefined).once("data", () => socket.write(upgrade));
    });
    const port = await listening(switching);
    expect(await send(`http://127.0.0.1:${port}`)).to.include({ status: 0, error: "BAD_ANSWER" });
  });
  it("names what is no HTTP, no name, and no server", async () => {
    const odd = createTcpServer((socket) => void socket.on("error", () => undefined).end("SSH-2.0-OpenSSH\r\n"));
    const port = await listening(odd);
    expect(await send(`http://127.0.0.1:${port}`)).to.include({ error: "BAD_ANSWER" });
    const unknown = { resolve: async () => Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" })) };
    expect(await send("https://nowhere.example", unknown)).to.include({ error: "NAME_UNKNOWN" });
    expect(await send("http://127.0.0.1:1")).to.include({ error: "CONNECTION_FAILED" });
  });
  it("believes no certificate that is not the host's", async () => {
    const { key, cert } = await selfSigned();
    const port = await listening(createTlsServer({ key, cert }, (_, response) => response.end()));
    expect(await send(`https://127.0.0.1:${port}`)).to.include({ status: 0, error: "TLS_FAILED" });
    const named = { ca: cert, resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
    expect(await send(`https://hooks.example:${port}`, named)).to.include({ status: 200 });
    expect(await send(`https://other.example:${port}`, named), "another's").to.include({ error: "TLS_FAILED" });
  });
  it("believes no certificate that has expired", async () => {
    const { key, cert } = await selfSigned({ expired: true });
    const port = await listening(createTlsServer({ key, cert }, (_, response) => response.end()));
    const named = { ca: cert, resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
    expect(await send(`https://hooks.example:${port}`, named)).to.include({ status: 0, error: "TLS_FAILED" });
  });

  describe("goes to no address but the public internet's", () => {
    let reached = 0;
    let port = 0;
    beforeEach(async () => {
      reached = 0;
      port = await serving((response) => {
        reached += 1;
        response.end();
      });
    });
    const strictly = (url: string, parts: Partial<PostParts> = {}) => send(url, { mayReach: addressRule("none"), ...parts });
    for (const host of [
      ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
      ...["[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "127.0.0.1.", "①②⑦.⓪.⓪.①", "localhost"],
    ])
      it(`as ${host}`, async () => {
        expect(await strictly(`http://${host}:${port}`)).to.include({ status: 0, error: "ADDRESS_REFUSED" });
        expect(reached).to.equal(0);
      });
    it("of a name that is another each time it is asked: what was looked at is what is connected to", async () => {
      let asked = 0;
      // As if 127.0.0.2 were public, where nobody listens.
      const parts = {
        mayReach: (address: string) => address === "127.0.0.2",
        resolve: async () => [{ address: asked++ === 0 ? "127.0.0.2" : "127.0.0.1", family: 4 }],
      };
      expect(await strictly(`http://rebinding.example:${port}`, parts)).to.include({ error: "CONNECTION_FAILED" });
      expect(asked).to.equal(1);
      expect(await strictly(`http://rebinding.example:${port}`, parts)).to.include({ error: "ADDRESS_REFUSED" });
      expect(reached).to.equal(0);
    });
    it("though a name has a public address as well", async () => {
      const resolve = async () => [
        { address: "::ffff:127.0.0.1", family: 6 },
        { address: "127.0.0.1", family: 4 },
      ];
      expect(await strictly(`http://both.example:${port}`, { resolve })).to.include({ error: "ADDRESS_REFUSED" });
      expect(reached).to.equal(0);
    });
    it("though the connection came about in another way than the lookup said", async () => {
      let vetted = 0;
      // Says yes when it is resolved, and no to what is connected to.
      const posted = await send(`http://turncoat.example:${port}`, {
        resolve: async () => [{ address: "127.0.0.1", family: 4 }],
        mayReach: () => vetted++ === 0,
      });
      expect(posted).to.include({ error: "ADDRESS_REFUSED" });
      expect(reached).to.equal(0);
    });
    it("but to those that are allowed", async () => {
      const allowed = { mayReach: addressRule(["127.0.0.0/8"]) };
      expect(await send(`http://127.0.0.1:${port}`, allowed)).to.include({ status: 200 });
      expect(await send(`http://[::1]:${port}`, allowed)).to.include({ error: "ADDRESS_REFUSED" });
    });
  });
});
