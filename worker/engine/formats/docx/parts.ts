import type { Block } from "../../document/model.ts";
import { attributeOf, findAll } from "../ooxml/names.ts";
import type { OfficePackage, Relationship } from "../ooxml/package.ts";
import type { XmlElement } from "../xml/parse.ts";
import { chartBlocks, type DrawingPart, diagramBlocks, shapeBlocks } from "./drawings.ts";
import type { Leaves } from "./leaves.ts";
import type { StoryFacts } from "./paragraph.ts";
import type { Styles } from "./styles.ts";

/** A part whose paragraphs are read, with what its own parts say. */
export interface StoryPart {
  readonly part: string;
  readonly source: string;
  readonly root: XmlElement;
  readonly links: ReadonlyMap<string, string>;
  /** Of charts and diagrams by the relationship's id; each gives its blocks once. */
  readonly drawings: ReadonlyMap<string, (leaves: Leaves) => Block[]>;
}

export async function readStoryPart(office: OfficePackage, part: string): Promise<StoryPart> {
  const { text: source, root } = await office.xml(part);
  const relationships = await office.relationships(part);
  const links = new Map(relationships.filter(({ external }) => external).map(({ id, target }) => [id, target]));
  const drawings = new Map<string, (leaves: Leaves) => Block[]>();
  for (const { id, type, target, external } of relationships) {
    if (external || !office.archive.has(target)) continue;
    const read = await drawingOf(office, type, target, relationships);
    if (read) drawings.set(id, once(read));
  }
  return { part, source, root, links, drawings };
}

export function factsOf({ part, source, root, links }: StoryPart, styles: Styles): StoryFacts {
  return { part, source, root, links, styles };
}

async function drawingOf(office: OfficePackage, type: string, target: string, beside: readonly Relationship[]) {
  if (type === "chart" || type === "chartEx") {
    const chart = await drawingPart(office, target);
    const shapes = await Promise.all((await office.related(target, "chartUserShapes")).map((each) => drawingPart(office, each)));
    return (leaves: Leaves) => [...chartBlocks(chart, leaves), ...shapes.flatMap((each) => shapeBlocks(each, leaves))];
  }
  if (type !== "diagramData") return undefined;
  const data = await drawingPart(office, target);
  // The picture of it is said in an extension of its own.
  const [extension] = findAll(data.root, new Set(["dsp:dataModelExt"]));
  const id = attributeOf(extension, "relId");
  const picture = beside.find((each) => each.id === id && each.type === "diagramDrawing" && office.archive.has(each.target));
  const drawing = picture && (await drawingPart(office, picture.target));
  return (leaves: Leaves) => diagramBlocks(data, drawing, leaves);
}

async function drawingPart(office: OfficePackage, part: string): Promise<DrawingPart> {
  const { text: source, root } = await office.xml(part);
  return { part, source, root };
}

function once(read: (leaves: Leaves) => Block[]): (leaves: Leaves) => Block[] {
  let wasRead = false;
  return (leaves) => {
    if (wasRead) return [];
    wasRead = true;
    return read(leaves);
  };
}
