/** Where the text of a leaf is written. */
export type LeafAnchor =
  | { readonly at: "shared"; readonly index: number }
  /** `sheet`: its number from 0, here and below. */
  | { readonly at: "inline"; readonly sheet: number; readonly number: number }
  /** One of the three parts of a head or foot of print. */
  | { readonly at: "running"; readonly sheet: number; readonly number: number; readonly part: number }
  | { readonly at: "prompt"; readonly sheet: number; readonly tag: number; readonly attribute: string }
  /** The name on a sheet's tab. */
  | { readonly at: "name"; readonly sheet: number };
