import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { decodePage } from "../../../worker/engine/formats/html/encoding.ts";
import { startBrowser } from "../../browser/browser.ts";
import { readPage, wordsOf } from "./judge.ts";

const PAGES: readonly string[] = [
  `<!DOCTYPE html><title>no</title><h1>The <b>red</b> house</h1><p>one<br>two <code>x()</code> &amp; three<p>four <img alt=no> five`,
  `<ul><li>one<ul><li>two</ul><li>three</ul><ol start=4><li>four</ol><dl><dt>a<dd>b</dl><blockquote>c</blockquote>`,
  `<table><caption>a</caption><thead><tr><th>b<th>c<tbody><tr><td colspan=2>d</table><table><tr>e<td>f</table>`,
  `<form><label>a <input placeholder=no></label><select><optgroup label=b><option>c<option>d</select><textarea>e\nf</textarea><input type=submit value=g><button>h</button></form>`,
  `<p>a <svg><text>b</text></svg> <math><mi>c</mi><mtext>d</mtext></math><p translate=no>e <b>f</b><pre>g\n  h { i }</pre><script>no()</script><template>no</template>`,
  `<p>one <b>two <i>three</b> four</i><p><a href=a>five<a href=b>six</a><div hidden>no</div><video>no</video><details><summary>a</summary>b</details>`,
  `<p>M&uuml;nchen&nbsp;&copy; 2026 &lt;b&gt; AT&T <ruby>base</ruby> super<wbr>cali 日本 https://example.org/a?b=c`,
];

/** What a browser shows, with details unfolded and what stands in fields. */
const SHOWN = (source: string) => `(() => {
  const page = new DOMParser().parseFromString(${JSON.stringify(source)}, "text/html");
  for (const element of page.querySelectorAll("style, link, script")) element.remove();
  for (const element of page.querySelectorAll("details, dialog")) element.setAttribute("open", "");
  document.documentElement.innerHTML = page.documentElement.innerHTML;
  const fields = [...document.querySelectorAll("input[type=submit i], input[type=button i], input[type=reset i], textarea")].map(({ value }) => value);
  return [document.body.innerText, ...fields, ...[...document.querySelectorAll("optgroup")].map(({ label }) => label)].join("\\n");
})()`;

const sorted = (text: string) =>
  (
    text
      .normalize("NFKC")
      .replace(/[\u00ad\u200b]/g, "")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
    .sort()
    .join(" ");

describe("the words of a page", () => {
  it("are those that Chromium shows", async function () {
    this.timeout(120_000);
    await using browser = await startBrowser();
    const page = await browser.newPage();
    await page.route("**/*", (route) => route.abort());
    const others = globSync(["node_modules/**/*.{html,htm}", "/usr/share/doc/**/*.{html,htm}"]).sort();
    const every = process.env["DRAGOMAN_TEST_ALL"] ? 1 : 25;
    const files = others.filter((_, index) => index % every === 0);
    let words = 0;
    for (const [index, source] of [...PAGES, ...files].entries()) {
      const bytes = index < PAGES.length ? Buffer.from(source) : await readFile(source);
      if (bytes.length > 100_000) continue;
      const { text } = decodePage(bytes);
      const own = sorted(wordsOf(readPage(text).blocks));
      expect(own, source).to.equal(sorted(await page.evaluate(SHOWN(text))));
      words += own.split(" ").length;
    }
    console.log(`      ${PAGES.length + files.length} pages, ${words} words`);
  });
});
