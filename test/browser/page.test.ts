import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { runTool } from "../formats/support/tools.ts";
import { freePort } from "../servers/process.ts";
import { startCluster } from "../support/cluster.ts";
import { exampleScan, scratch } from "../support/documents.ts";
import { type RunningService, startService } from "../support/service.ts";
import { barriers, openPage, signIn, startBrowser } from "./browser.ts";

const MAX_SCRIPT_BYTES = 150_000;

/** A Word document that LibreOffice made. */
async function officeLetter(files: Awaited<ReturnType<typeof scratch>>): Promise<string> {
  const html = await files.file("letter.html", "<h1>The library</h1><p>The garden is <b>open</b> today.</p>");
  const filter = ["--infilter=HTML (StarWriter)", "--convert-to", "docx:MS Word 2007 XML", "--outdir", files.path, html];
  await runTool("soffice", ["--headless", `-env:UserInstallation=file://${files.path}/profile`, ...filter], { deadlineMs: 120_000 });
  return path.join(files.path, "letter.docx");
}

describe("the page", () => {
  let service: RunningService;
  let browser: Browser;
  let files: Awaited<ReturnType<typeof scratch>>;
  let scan: string;
  before(async () => {
    [browser, files] = await Promise.all([startBrowser(), scratch()]);
    service = await startService({ DRAGOMAN_HTTP_PORT: String(await freePort()) });
    scan = await files.file("scan.pdf", await exampleScan());
  });
  after(async () => {
    await browser?.close();
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  async function signedIn(url = service.url, options = {}) {
    const opened = await openPage(browser, url, options);
    await signIn(opened.page, service.apiKey);
    return opened;
  }
  const send = async (page: Page, ...paths: string[]) => {
    await page.locator(".drop:not(.disabled)").waitFor();
    await page.locator(".drop input").setInputFiles(paths);
  };
  const jobRow = (page: Page, name: string) => page.locator(".jobs a", { hasText: name }).first();
  const chip = (page: Page, state: string) => page.locator("#job-title + .chip", { hasText: state });

  it("shows one job to who has a token for it, and nothing else", async () => {
    const file = await files.file("guest.txt", "The garden is open today.");
    const { id } = await service.client.createFrom(file, { to: "es" });
    await service.client.resume(id);
    const { token } = await service.client.keys.createJobToken({ id });
    const { page, problems, close } = await openPage(browser, `${service.url}/view/${id}#token=${token}`);
    await chip(page, "Succeeded").waitFor();
    await page.getByText("jardín").first().waitFor();
    expect(page.url()).to.equal(`${service.url}/view/${id}`);
    expect(await page.getByRole("button", { name: "Translate again" }).count()).to.equal(0);
    await page.reload();
    await chip(page, "Succeeded").waitFor();
    await page.goto(service.url);
    await page.getByLabel("API key").waitFor();
    expect(problems).to.deep.equal([]);
    await close();
  });
  it("goes the whole way, from drop to download, and asks no other host", async () => {
    const { page, hosts, problems, close } = await signedIn();
    const bytes = (await readFile(scan)).toString("base64");
    const dropped = await page.evaluateHandle((base64) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], "dropped.pdf"));
      return transfer;
    }, bytes);
    await page.locator(".drop").dispatchEvent("drop", { dataTransfer: dropped });
    await jobRow(page, "dropped.pdf").click();
    await page.locator(".stages .now", { hasText: "Read" }).waitFor();
    await chip(page, "Succeeded").waitFor({ timeout: 60_000 });
    await page.locator(".side img").nth(1).waitFor();
    expect(await page.getByRole("status").filter({ hasText: "Page 1 / 3" }).count()).to.equal(1);
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByAltText("Source, Page 2").waitFor();
    await page.getByAltText("Translation, Page 2").waitFor();
    await page.getByRole("button", { name: "Show page 1" }).first().click();
    await page.getByAltText("Translation, Page 1").waitFor();
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByRole("heading", { name: "La Biblioteca de Puerto" }).waitFor();
    await page.getByRole("tab", { name: "Files" }).click();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download: dropped.es.pdf" }).click();
    const saved = await readFile(await (await downloading).path());
    expect(saved.subarray(0, 5).toString()).to.equal("%PDF-");
    expect([...hosts]).to.deep.equal([new URL(service.url).host]);
    expect(problems).to.deep.equal([]);
    await close();
  });

  it("shows a document without pages as texts side by side, in sections, with what of it was chosen", async () => {
    const { page, problems, close } = await signedIn();
    await page.getByText("What is translated besides").click();
    await page.getByLabel("Only values under these keys").fill("menu.*, title");
    const values = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`m${index}`, `The garden number ${index} is open today.`]));
    const json = JSON.stringify({ title: "The library", menu: values, other: "The office is closed today." }, null, 2);
    await send(page, await files.file("strings.json", json));
    await jobRow(page, "strings.json").click();
    await chip(page, "Succeeded").waitFor();
    await page.locator(".texts td", { hasText: "La biblioteca" }).first().waitFor();
    expect(await page.locator(".texts td", { hasText: "The office" }).count()).to.equal(0);
    await page.getByRole("status").filter({ hasText: "Section 1 / 2" }).waitFor();
    await page.getByRole("button", { name: "Next section" }).click();
    await page.locator(".texts tr", { hasText: "The garden number 59 is open today." }).locator("td", { hasText: "jardín" }).waitFor();
    expect(await page.locator(".small", { hasText: "Sections: 2" }).count()).to.equal(1);
    expect(await barriers(page)).to.deep.equal([]);
    expect(problems).to.deep.equal([]);
    await close();
  });

  it("shows an office document's pages beside its source's, which LibreOffice draws", async () => {
    const { page, problems, close } = await signedIn();
    await send(page, await officeLetter(files));
    await jobRow(page, "letter.docx").click();
    await chip(page, "Succeeded").waitFor();
    await page.getByAltText("Source, Page 1").waitFor();
    await page.getByAltText("Translation, Page 1").waitFor();
    await page.getByRole("tab", { name: "Files" }).click();
    await page.getByRole("button", { name: "Download: letter.es.docx" }).waitFor();
    expect(problems).to.deep.equal([]);
    await close();
  });

  it("remembers the last pair of languages that a document was sent with", async () => {
    const { page, close } = await signedIn();
    const chosen = (label: "From" | "To", language: string) =>
      page.locator(`.pair label:has(span:text-is("${label}")) option[value="${language}"]:checked`).waitFor({ state: "attached" });
    await chosen("To", "es");
    await page.locator(".pair select").first().selectOption("es");
    await page.locator(".pair select").last().selectOption("en");
    await send(page, await files.file("carta.txt", "La casa es grande."));
    await jobRow(page, "carta.txt").waitFor();
    await page.reload();
    await chosen("To", "en");
    await chosen("From", "es");
    await close();
  });

  it("goes on with an upload after a reload, from where it was", async () => {
    const { page, close } = await signedIn();
    const large = randomBytes(40 * 1024 * 1024);
    const file = await files.file("large.txt", large);
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const upload = (uploadThroughput: number) =>
      network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
    await upload(6 * 1024 * 1024);
    await send(page, file);
    const bar = page.getByLabel("Progress: large.txt");
    await page.waitForFunction((element) => (element as HTMLProgressElement).value > 9 * 1024 * 1024, await bar.elementHandle());
    await page.reload();
    await page.getByText("Choose the file again to go on").waitFor();
    const offsets: number[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "HEAD") offsets.push(Number(response.headers()["upload-offset"]));
    });
    await upload(-1);
    await page.locator(".again input").setInputFiles(file);
    await jobRow(page, "large.txt").waitFor();
    expect(offsets[0]).to.be.at.least(8 * 1024 * 1024);
    const folder = path.join(service.data, "artefacts", "tenants", "local", "uploads");
    const hashes = await Promise.all((await readdir(folder)).map(async (name) => sha256(await readFile(path.join(folder, name)))));
    expect(hashes).to.include(sha256(large));
    await close();
  });

  it("pauses an upload and goes on", async () => {
    const { page, close } = await signedIn();
    const file = await files.file("paused.txt", randomBytes(30 * 1024 * 1024));
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    // It cannot be done before somebody pauses it, however long a busy machine takes to.
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 64 * 1024 };
    await network.send("Network.emulateNetworkConditions", slow);
    await send(page, file);
    await page.getByRole("button", { name: "Pause: paused.txt" }).click();
    await page.getByRole("status").filter({ hasText: "Paused" }).waitFor();
    await network.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
    await page.getByRole("button", { name: "Resume: paused.txt" }).click();
    await jobRow(page, "paused.txt").waitFor();
    await close();
  });

  it("follows a job over a reload and a restart of the server, and says when it is away", async () => {
    const { page, close } = await signedIn();
    await send(page, await files.file("restarted.pdf", await exampleScan()));
    await jobRow(page, "restarted.pdf").click();
    await page.locator(".stages .now", { hasText: "Read" }).waitFor();
    await page.reload();
    await page.locator(".stages .now", { hasText: "Read" }).waitFor();
    const stopped = await service.stop();
    await page.getByText("The connection is lost.").waitFor();
    service = await stopped.restart();
    await page.getByText("The connection is lost.").waitFor({ state: "detached", timeout: 30_000 });
    await chip(page, "Succeeded").waitFor({ timeout: 90_000 });
    await close();
  });

  it("cancels a job, and translates it again", async () => {
    const { page, close } = await signedIn();
    await send(page, await files.file("cancelled.pdf", await exampleScan()));
    await jobRow(page, "cancelled.pdf").click();
    await page.locator(".stages .now", { hasText: "Read" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await chip(page, "Cancelled").waitFor();
    const first = page.url();
    await page.getByRole("button", { name: "Translate again" }).click();
    await page.locator(".stages .now", { hasText: "Read" }).waitFor();
    expect(page.url()).not.to.equal(first);
    await page.getByRole("button", { name: "Cancel" }).click();
    await chip(page, "Cancelled").waitFor();
    await close();
  });

  it("shows an error with its hint and its trace, in Spanish too", async () => {
    const { page, close } = await signedIn();
    await send(page, await files.file("broken.pdf", "%PDF-1.7 broken"));
    await jobRow(page, "broken.pdf").click();
    const problem = page.getByRole("alert");
    await problem.waitFor();
    expect(await problem.textContent())
      .to.contain("PDF_CORRUPT")
      .and.contain("export or download it again")
      .and.match(/[0-9a-f]{32}/);
    await page.getByRole("button", { name: "Español" }).click();
    await chip(page, "Fallido").waitFor();
    await close();
  });

  it("refuses a wrong key with what to do", async () => {
    const { page, close } = await openPage(browser, service.url);
    await page.getByLabel("API key").fill("dgm_nonsense");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).to.contain("UNAUTHENTICATED");
    await close();
  });

  it("works by keyboard alone", async () => {
    const { page, close } = await openPage(browser, service.url);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal("Skip to the content");
    const tabTo = async (matches: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, matches)) return;
      }
      throw new Error(`${matches} cannot be reached`);
    };
    await tabTo("#key");
    await page.keyboard.type(service.apiKey);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your translations" }).waitFor();
    await page.locator(".drop:not(.disabled)").waitFor();
    await tabTo(".drop input");
    // On a busy machine the first press may come before the page listens.
    const chosen = async (timeout: number) => {
      const choosing = page.waitForEvent("filechooser", { timeout });
      await page.keyboard.press("Space");
      return choosing;
    };
    const chooser = await chosen(10_000).catch(() => chosen(50_000));
    await chooser.setFiles(await files.file("keys.txt", "The library is open today for all the readers."));
    await jobRow(page, "keys.txt").waitFor();
    await tabTo(".jobs a");
    await page.keyboard.press("Enter");
    await chip(page, "Succeeded").waitFor();
    await tabTo("#tab-sideBySide");
    await page.keyboard.press("ArrowRight");
    await page.locator("#tab-text:focus").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.locator("#tab-files:focus").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("La biblioteca es abierta hoy").waitFor();
    await close();
  });

  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1200, 390])
      it(`puts up no serious barrier, in ${colorScheme} at ${width} pixels`, async () => {
        const { page, close } = await openPage(browser, service.url, { colorScheme, viewport: { width, height: 850 } });
        const found: Record<string, string[]> = { signIn: await barriers(page) };
        await signIn(page, service.apiKey);
        await page.locator(".drop:not(.disabled)").waitFor();
        found["home"] = await barriers(page);
        for (const name of ["dropped.pdf", "broken.pdf", "cancelled.pdf"]) {
          await jobRow(page, name).click();
          await page.locator(".timeline").waitFor();
          if (name === "dropped.pdf") await page.locator(".side img").nth(1).waitFor();
          found[name] = await barriers(page);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} is too wide`).to.be.at.most(0);
          await page.goBack();
        }
        await send(page, await files.file(`running-${colorScheme}-${width}.pdf`, await exampleScan()));
        await jobRow(page, `running-${colorScheme}-${width}.pdf`).click();
        await page.locator(".stages .now").waitFor();
        found["running"] = await barriers(page);
        await page.getByRole("button", { name: "Cancel" }).click();
        await chip(page, "Cancelled").waitFor();
        for (const [state, violations] of Object.entries(found)) expect(violations, state).to.deep.equal([]);
        await close();
      });

  it("sends a large file straight to the bucket, and goes on after a reload with the parts that are missing", async () => {
    await using cluster = await startCluster({ orchestrators: 1, workers: 1 });
    const { page, hosts, close } = await openPage(browser, cluster.url);
    await signIn(page, cluster.authorization.slice("Bearer ".length));
    const large = randomBytes(60 * 1024 * 1024);
    const file = await files.file("direct.txt", large);
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const upload = (uploadThroughput: number) =>
      network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
    await upload(20 * 1024 * 1024);
    await send(page, file);
    const bar = page.getByLabel("Progress: direct.txt");
    await page.waitForFunction((element) => (element as HTMLProgressElement).value > 0, await bar.elementHandle());
    await page.reload();
    await upload(-1);
    let puts = 0;
    page.on("request", (request) => {
      if (request.method() === "PUT") puts += 1;
    });
    await page.locator(".again input").setInputFiles(file);
    await jobRow(page, "direct.txt").waitFor();
    expect(puts).to.be.within(1, 3);
    expect([...hosts].sort()).to.deep.equal([new URL(cluster.url).host, `127.0.0.1:${cluster.s3.port}`].sort());
    const { client, bucket } = cluster.s3;
    const hashes: string[] = [];
    for await (const { name } of client.listObjectsV2(bucket, "tenants/t/uploads/", true))
      if (name) hashes.push(sha256(Buffer.concat(await (await client.getObject(bucket, name)).toArray())));
    expect(hashes).to.deep.equal([sha256(large)]);
    await close();
  });

  it("shows the REST interface at /docs, from this host alone", async () => {
    const { page, hosts, problems, close } = await openPage(browser, `${service.url}/docs`);
    await page.getByText("/jobs/{id}/result").first().waitFor();
    expect([...hosts]).to.deep.equal([new URL(service.url).host]);
    expect(problems).to.deep.equal([]);
    await close();
  });

  it("comes under a strict policy, and with less than 150 kB of script", async () => {
    const answer = await fetch(service.url);
    expect(answer.headers.get("content-security-policy")).to.contain("default-src 'none'").and.not.contain("unsafe");
    const folder = "gateway/web/dist/assets";
    const scripts = (await readdir(folder)).filter((name) => name.endsWith(".js"));
    const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(path.join(folder, name))).length));
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).to.be.within(10_000, MAX_SCRIPT_BYTES);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
