import { copyFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { QuarterTurn } from "../../document/geometry.ts";
import type { Page, PageGeometry } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { paintPicture } from "../../inpainting/patches.ts";
import type { DocumentWriter, Writing } from "../format.ts";
import { encodePicture, PICTURE_TYPES, type PictureType } from "./encoding.ts";
import { levelled, metadataOf, readColors, turned } from "./frame.ts";
import { type Lettering, openLettering } from "./lettering.ts";
import { PageSetter } from "./page_setter.ts";
import { TiffPages } from "./tiff_pages.ts";

export interface PictureFile {
  readonly file: string;
  readonly type: PictureType;
  readonly pageCount: number;
  /** Where pages may lie until all are written. */
  readonly folder: string;
}

/** Writes the picture in its own type, with its words painted out and the translation drawn in their place. */
export function pictureWriter(picture: PictureFile, writing: Writing): DocumentWriter {
  const tools: Tools = { setter: new PageSetter(writing), straighten: writing.straighten ?? false };
  const remarks: Remark[] = [];
  const type = PICTURE_TYPES[picture.type];
  if (picture.pageCount > 1) return manyPages(picture, tools);
  let made: Buffer | undefined;
  return {
    type,
    async page(page) {
      const drawn = await drawPage(picture, page, tools);
      made = drawn?.bytes;
      remarks.push(...(drawn?.remarks ?? []));
    },
    async finish(file) {
      if (made) await writeFile(file, made);
      else await copyFile(picture.file, file);
      return remarks;
    },
  };
}

function manyPages(picture: PictureFile, tools: Tools): DocumentWriter {
  const parts = path.join(picture.folder, "pages.tiff");
  const remarks: Remark[] = [];
  let pages: Promise<TiffPages> | undefined;
  return {
    type: PICTURE_TYPES[picture.type],
    async page(page) {
      pages ??= TiffPages.create(parts);
      const drawn = await drawPage(picture, page, tools);
      await (await pages).add(drawn?.bytes ?? (await frameAsItIs(picture, page.number)));
      remarks.push(...(drawn?.remarks ?? []));
    },
    async finish(file) {
      await (await pages)?.finish();
      await rename(parts, file);
      return remarks;
    },
  };
}

interface Tools {
  readonly setter: PageSetter;
  readonly straighten: boolean;
  lettering?: Promise<Lettering>;
}

/** Undefined where nothing of the page is changed. */
async function drawPage(
  { file, type }: PictureFile,
  page: Page,
  tools: Tools,
): Promise<{ readonly bytes: Buffer; readonly remarks: readonly Remark[] } | undefined> {
  const { geometry, number } = page;
  if (!geometry) return undefined;
  let picture: Awaited<ReturnType<typeof readColors>> | undefined;
  const set = await tools.setter.set(page, async (leaves) => {
    picture = await readColors(file, number, { turn: geometry.rotation, width: geometry.width, profile: "srgb" });
    return paintPicture(picture, leaves, page);
  });
  if (!set || !picture) return undefined;
  tools.lettering ??= openLettering();
  const { width, height } = picture;
  const data = (await tools.lettering).draw(picture, set.lines, geometry.skew ?? 0);
  const upright = { data, info: { width, height } };
  const back = tools.straighten ? await levelled(upright, geometry.skew ?? 0) : await turned(upright, turnBack(geometry));
  const { autoOrient, ...metadata } = await metadataOf(file, number);
  const isScaled = Math.max(width, height) < Math.max(autoOrient.width, autoOrient.height);
  const scaled: Remark = { page: number, code: "PAGE_SCALED", message: "The page is larger than the pixel budget: it comes back smaller." };
  return { bytes: await encodePicture(back, { file, type, metadata }), remarks: isScaled ? [scaled, ...set.remarks] : set.remarks };
}

function turnBack({ rotation }: PageGeometry): QuarterTurn {
  return ((360 - rotation) % 360) as QuarterTurn;
}

async function frameAsItIs({ file, type }: PictureFile, number: number): Promise<Buffer> {
  const { autoOrient, ...metadata } = await metadataOf(file, number);
  const { data, width, height } = await readColors(file, number, { turn: 0, width: autoOrient.width, profile: "srgb" });
  return encodePicture({ data: Buffer.from(data.buffer, data.byteOffset, data.length), info: { width, height } }, { file, type, metadata });
}
