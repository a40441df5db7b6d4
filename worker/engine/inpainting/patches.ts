import type { Box } from "../document/geometry.ts";
import type { Leaf, Page, TextStyle } from "../document/model.ts";

/** A page as it is looked at, upright but not straightened: three bytes a pixel (red, green, blue), row by row. */
export interface ColorImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly pixelsPerPoint: number;
}

/** A piece of paper to be laid over words. */
export interface Patch {
  /** In points of the page as it is looked at, upright but not straightened. */
  readonly box: Box;
  readonly data: Uint8Array;
  readonly mediaType: "image/jpeg" | "image/png";
}

/** What makes a scanned page ready for its translation. */
export interface Patches {
  /** They do not overlap, but for their blurred fringes. */
  readonly patches: readonly Patch[];
  /** How each leaf's ink looks, by the leaf's id: colour, weight, face, size in points. */
  readonly looks: ReadonlyMap<string, TextStyle>;
}

/**
 * Paints out the words of `leaves` on `page`, each with the paper that it stands on: shade, colour and grain are those
 * around it; rules, pictures and whatever is no part of a leaf's lines keep their pixels. Frames are those of the page
 * straightened (`PageGeometry.skew`); leaves of earlier pages may go on here. Throws EngineError.
 */
export type PatchesFor = (image: ColorImage, leaves: readonly Leaf[], page: Page) => Promise<Patches>;
