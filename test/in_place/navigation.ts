import type { Box } from "../../worker/engine/document/geometry.ts";
import { load } from "../../worker/engine/formats/pdf/load.ts";

export interface SeenLink {
  readonly page: number;
  readonly box: Box;
  /** An address, or empty for a place in the document. */
  readonly url: string;
}

export interface SeenLetters {
  readonly page: number;
  readonly text: string;
  /** In points. */
  readonly size: number;
}

/** What pdf.js knows of a PDF. */
export interface Navigation {
  /** Size as it is looked at. */
  readonly pages: readonly { readonly width: number; readonly height: number; readonly rotation: number }[];
  readonly links: readonly SeenLink[];
  /** How deep each entry of the outline lies, its page, and its title. */
  readonly outline: readonly { readonly depth: number; readonly page: number; readonly title: string }[];
  readonly letters: readonly SeenLetters[];
  readonly fields: number;
}

export async function navigationOf(bytes: Uint8Array): Promise<Navigation> {
  const document = await load(new Uint8Array(bytes), { mends: true });
  try {
    const pages: { width: number; height: number; rotation: number }[] = [];
    const links: SeenLink[] = [];
    const letters: SeenLetters[] = [];
    let fields = 0;
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const viewport = page.getViewport({ scale: 1 });
      pages.push({ width: viewport.width, height: viewport.height, rotation: page.rotate });
      for (const annotation of await page.getAnnotations()) {
        if (annotation.fieldType) fields++;
        if (annotation.subtype !== "Link") continue;
        const [x0, y0, x1, y1] = annotation.rect as [number, number, number, number];
        const [a = 0, b = 0] = viewport.convertToViewportPoint(x0, y0) as number[];
        const [c = 0, d = 0] = viewport.convertToViewportPoint(x1, y1) as number[];
        const box = { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) };
        links.push({ page: number, box, url: annotation.unsafeUrl ?? annotation.url ?? "" });
      }
      for (const item of (await page.getTextContent()).items)
        if ("str" in item && item.str.trim() !== "")
          letters.push({ page: number, text: item.str, size: Math.hypot(item.transform[2], item.transform[3]) });
    }
    return { pages, links, letters, fields, outline: await outlineOf(document) };
  } finally {
    await document.loadingTask.destroy();
  }
}

async function outlineOf(document: Awaited<ReturnType<typeof load>>): Promise<Navigation["outline"]> {
  const entries: { depth: number; page: number; title: string }[] = [];
  type Item = { readonly title: string; readonly dest: unknown; readonly items: Item[] };
  const pageOf = async (given: unknown) => {
    const dest = typeof given === "string" ? await document.getDestination(given) : (given as [unknown] | null);
    const [target] = dest ?? [];
    if (typeof target === "number") return target + 1;
    return target ? (await document.getPageIndex(target as never)) + 1 : 0;
  };
  const walk = async (items: readonly Item[], depth: number) => {
    for (const item of items) {
      entries.push({ depth, title: item.title, page: await pageOf(item.dest) });
      await walk(item.items, depth + 1);
    }
  };
  await walk(((await document.getOutline()) ?? []) as Item[], 0);
  return entries;
}
