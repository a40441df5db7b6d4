import { hostileArchives } from "./hostile_archives.ts";
import { hostileImages } from "./hostile_images.ts";
import { hostilePdfs } from "./hostile_pdf.ts";
import { hostileTexts } from "./hostile_text.ts";
import type { Input } from "./input.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { makeSeeds } from "./seeds.ts";

/** Hostile documents made by hand, each with how it may end. */
export const handMade: readonly Input[] = [...hostilePdfs, ...hostileImages, ...hostileTexts, ...hostileArchives];

/** `count` changed documents; those of the same `seed` are always the same, whatever `count`. */
export async function mutated(seed: number, count: number): Promise<Input[]> {
  const seeds = await makeSeeds();
  return Array.from({ length: count }, (_, index) => {
    const origin = seeds[index % seeds.length];
    if (!origin) throw new Error("no seeds");
    return {
      name: `mutation ${seed}/${index} of ${origin.fileName}`,
      fileName: origin.fileName,
      // A source language that is given reads with one model of OCR, one that is not with each.
      from: index % 4 === 3 ? "" : "en",
      content: () => mutate(origin, new Random(Math.imul(seed, 1_000_003) ^ index), seeds),
    };
  });
}

/** `count` of `inputs`, evenly spread. */
export function spread<T>(inputs: readonly T[], count: number): T[] {
  if (count >= inputs.length) return [...inputs];
  return Array.from({ length: count }, (_, index) => inputs[Math.floor((index * inputs.length) / count)] as T);
}
