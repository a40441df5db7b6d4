import { AnnotationMode, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import sharp, { type Sharp } from "sharp";
import { asEngineError, EngineError } from "../../errors.ts";
import type { ColorImage } from "../../inpainting/patches.ts";
import type { Picture } from "../format.ts";
import { fittingScale, toGrey } from "../pixels.ts";

/** Words that are painted out are looked at so sharply. */
const COLOR_DPI = 200;
const POINTS_PER_INCH = 72;
/** Less than the time after which the whole document is taken to stand still. */
const OCR_DEADLINE_MS = 120_000;
/** Pixels per point of a picture for people: a page of A4 is then about 900 pixels wide. */
const PREVIEW_SCALE = 1.5;
/** A preview is only good to have: one that takes longer is left out, and the ledger says so. */
export const PREVIEW_DEADLINE_MS = 30_000;

/** The page as OCR reads it: grey, at so many dots an inch or as many as the pixel budget permits. Throws as `render` does. */
export async function renderForOcr(page: PDFPageProxy, dotsPerInch: number, signal: AbortSignal): Promise<Picture> {
  const wanted = dotsPerInch / POINTS_PER_INCH;
  const full = page.getViewport({ scale: wanted });
  const picture = await render(page, { scale: wanted, deadlineMs: OCR_DEADLINE_MS, signal });
  const fitting = fittingScale(full.width, full.height);
  return { ...(await toGrey(picture)), pixelsPerPoint: wanted * fitting, scaled: fitting < 1 };
}

/** The page as people look at it. Throws as `render` does. */
export function renderForPeople(page: PDFPageProxy): Promise<Sharp> {
  return render(page, { scale: PREVIEW_SCALE, deadlineMs: PREVIEW_DEADLINE_MS });
}

/** The page without what lies over it (annotations), turned by `rotation`: three bytes a pixel. Throws as `render` does. */
export async function renderInColor(page: PDFPageProxy, rotation: number, signal: AbortSignal): Promise<ColorImage> {
  const wanted = COLOR_DPI / POINTS_PER_INCH;
  const full = page.getViewport({ scale: wanted, rotation });
  const picture = await render(page, { scale: wanted, deadlineMs: OCR_DEADLINE_MS, signal, rotation, bare: true });
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, pixelsPerPoint: wanted * fittingScale(full.width, full.height) };
}

interface Rendering {
  /** Pixels per point. */
  readonly scale: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** In place of the page's own. */
  readonly rotation?: number;
  /** Without annotations. */
  readonly bare?: boolean;
}

/**
 * The page as a picture, at `scale` or as the pixel budget permits. Throws TIME_LIMIT when the deadline passes,
 * PDF_CORRUPT; `signal`'s reason.
 */
async function render(page: PDFPageProxy, { scale, deadlineMs, signal, rotation = page.rotate, bare = false }: Rendering): Promise<Sharp> {
  const { createCanvas } = await import("@napi-rs/canvas");
  signal?.throwIfAborted();
  const full = page.getViewport({ scale, rotation });
  const viewport = page.getViewport({ scale: scale * fittingScale(full.width, full.height), rotation });
  const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
  if (!(width >= 1 && height >= 1)) throw new EngineError("PDF_CORRUPT", "The page has no size.", { page: page.pageNumber });
  const canvas = createCanvas(width, height);
  const rendering = page.render({
    canvas: canvas as never,
    viewport,
    background: "white",
    annotationMode: bare ? AnnotationMode.DISABLE : AnnotationMode.ENABLE,
  });
  const cancel = () => rendering.cancel();
  const timer = setTimeout(cancel, deadlineMs);
  signal?.addEventListener("abort", cancel);
  try {
    await rendering.promise;
  } catch (error) {
    signal?.throwIfAborted();
    const late = error instanceof Error && error.name === "RenderingCancelledException";
    if (late) throw new EngineError("TIME_LIMIT", `The page took longer than ${deadlineMs / 1000} s to render.`, { page: page.pageNumber });
    throw asEngineError(error) ?? new EngineError("PDF_CORRUPT", "The page cannot be rendered.", { page: page.pageNumber, cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    page.cleanup();
  }
  // A copy: the canvas's own memory goes with the canvas.
  const data = Buffer.from(canvas.data());
  return sharp(data, { raw: { width: canvas.width, height: canvas.height, channels: 4 } });
}
