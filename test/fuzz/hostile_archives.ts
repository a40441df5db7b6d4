import { FORMATS } from "../../worker/engine/formats/registry.ts";
import { CONTAINERS } from "../formats/hostile/containers.ts";
import { variantsOf } from "../formats/hostile/variants.ts";
import type { Input } from "./input.ts";

/** Nothing listens there, and nothing is there: what reaches for them fails otherwise than it should. */
const WORLD = { address: "http://127.0.0.1:9", secretFile: "/nonexistent/secret" };
/** Of those that differ from format to format only in their parts, each format gets its share. */
const SHARE = 6;

/** Some of the hostile archives of each format, so that together they are all there. */
export const hostileArchives: readonly Input[] = FORMATS.flatMap(({ id }, index): Input[] => {
  const container = CONTAINERS[id];
  if (container === "no archive") return [];
  return variantsOf(container, WORLD)
    .filter((_, at) => (at + index) % SHARE === 0)
    .map(({ what, make, heavy }) => ({
      name: `archive of ${id}: ${what}`,
      fileName: container.fileName,
      from: "en",
      content: make,
      ...(heavy && { heavy: true as const }),
    }));
});
