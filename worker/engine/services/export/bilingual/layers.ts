import { PDFArray, PDFDict, type PDFDocument, PDFName, type PDFRef } from "pdf-lib";

const name = PDFName.of;
/** A key of our own in a source's layers, while they are copied. */
const MARK = name("DragomanLayer");

/** Marks each layer of `document` with whether it is shown, so that it is known where it was copied to. */
export function markLayers(document: PDFDocument): void {
  const properties = document.catalog.lookup(name("OCProperties"));
  if (!(properties instanceof PDFDict)) return;
  const usual = properties.lookup(name("D"));
  const listed = (key: string) => {
    const found = usual instanceof PDFDict ? usual.lookup(name(key)) : undefined;
    return new Set(found instanceof PDFArray ? found.asArray().map(String) : []);
  };
  const [off, on] = [listed("OFF"), listed("ON")];
  const base = usual instanceof PDFDict && usual.lookup(name("BaseState")) === name("OFF");
  const layers = properties.lookup(name("OCGs"));
  for (const ref of layers instanceof PDFArray ? layers.asArray() : []) {
    const layer = document.context.lookup(ref);
    const hidden = off.has(String(ref)) || (base && !on.has(String(ref)));
    if (layer instanceof PDFDict) layer.set(MARK, name(hidden ? "Off" : "On"));
  }
}

/** Lists the layers that were copied into `document`: one that is not listed would be seen though it was hidden. */
export function joinLayers({ context, catalog }: PDFDocument): void {
  const copied: { ref: PDFRef; hidden: boolean }[] = [];
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    const mark = object instanceof PDFDict ? object.get(MARK) : undefined;
    if (mark === undefined) continue;
    (object as PDFDict).delete(MARK);
    copied.push({ ref, hidden: mark === name("Off") });
  }
  if (copied.length === 0) return;
  const properties = dictIn(catalog, "OCProperties");
  const add = (dict: PDFDict, key: string, refs: readonly PDFRef[]) => {
    const found = dict.lookup(name(key));
    const list = found instanceof PDFArray ? found : context.obj([]);
    for (const ref of refs) list.push(ref);
    dict.set(name(key), list);
  };
  add(
    properties,
    "OCGs",
    copied.map(({ ref }) => ref),
  );
  const usual = dictIn(properties, "D");
  for (const [key, hidden] of [
    ["OFF", true],
    ["ON", false],
  ] as const)
    add(
      usual,
      key,
      copied.filter((layer) => layer.hidden === hidden).map(({ ref }) => ref),
    );
}

function dictIn(parent: PDFDict, key: string): PDFDict {
  const found = parent.lookup(name(key));
  if (found instanceof PDFDict) return found;
  const made = parent.context.obj({});
  parent.set(name(key), made);
  return made;
}
