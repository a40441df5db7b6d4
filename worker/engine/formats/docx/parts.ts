import { type Graphics, graphicsOf } from "../ooxml/graphics.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import type { StoryFacts } from "./paragraph.ts";
import type { Styles } from "./styles.ts";

/** A part whose paragraphs are read, with what its own parts say. */
export interface StoryPart {
  readonly part: string;
  readonly source: string;
  readonly links: ReadonlyMap<string, string>;
  readonly drawings: Graphics;
}

export async function readStoryPart(office: OfficePackage, part: string): Promise<StoryPart> {
  const { text: source } = await office.text(part);
  const relationships = await office.relationships(part);
  const links = new Map(relationships.filter(({ external }) => external).map(({ id, target }) => [id, target]));
  return { part, source, links, drawings: await graphicsOf(office, part) };
}

export function factsOf({ part, source, links }: StoryPart, styles: Styles): StoryFacts {
  return { part, source, links, styles };
}
