import type { Block } from "../../document/model.ts";
import { chartBlocks, type DrawingPart, diagramBlocks, shapeBlocks } from "./charts.ts";
import type { Leaves } from "./leaves.ts";
import { attributeOf, findAll } from "./names.ts";
import type { OfficePackage, Relationship } from "./package.ts";

/** The words of a part's charts and diagrams by their relationships' ids; each gives its blocks once. */
export type Graphics = ReadonlyMap<string, (leaves: Leaves) => Block[]>;

export async function graphicsOf(office: OfficePackage, part: string): Promise<Graphics> {
  const relationships = await office.relationships(part);
  const graphics = new Map<string, (leaves: Leaves) => Block[]>();
  for (const { id, type, target, external } of relationships) {
    if (external || !office.archive.has(target)) continue;
    const read = await graphicOf(office, type, target, relationships);
    if (read) graphics.set(id, once(read));
  }
  return graphics;
}

async function graphicOf(office: OfficePackage, type: string, target: string, beside: readonly Relationship[]) {
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
