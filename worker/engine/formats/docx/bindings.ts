import { type Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf } from "../ooxml/names.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";

interface Store {
  readonly part: string;
  readonly root: XmlElement;
}

/** The parts that content controls have their text from, by their ids in lower case. */
export async function readStores(office: OfficePackage, main: string): Promise<Map<string, Store>> {
  const stores = new Map<string, Store>();
  for (const part of await office.related(main, "customXml"))
    for (const properties of await office.related(part, "customXmlProps")) {
      const id = attributeOf((await office.xml(properties)).root, "itemID");
      if (id !== undefined) stores.set(id.toLowerCase(), { part, root: (await office.xml(part)).root });
    }
  return stores;
}

/** Makes what bound content controls show leaves beside the text: a program that opens the document shows it in their place. */
export function boundTexts(stores: ReadonlyMap<string, Store>, leaves: Leaves): (store: string, path: string) => void {
  const made = new Set<XmlElement>();
  return (id, path) => {
    const store = stores.get(id.toLowerCase());
    const element = store && elementAt(store.root, path);
    if (!store || !element?.inner || made.has(element) || elementsOf(element).length > 0) return;
    made.add(element);
    const text = textIn(element);
    if (withWords(text)) leaves.aside(leaves.value({ as: "text", part: store.part, range: element.inner }, text, "unseen"));
  };
}

/** What Office writes as paths: "/ns0:report[1]/ns0:title[1]". Others lead nowhere. */
function elementAt(root: XmlElement, path: string): XmlElement | undefined {
  const steps = path.split("/").slice(1);
  let at: XmlElement | undefined;
  for (const [depth, step] of steps.entries()) {
    const [, local, index = "1"] = /^(?:[\w.-]+:)?([\w.-]+)(?:\[(\d{1,6})\])?$/.exec(step) ?? [];
    const among: readonly XmlElement[] = depth === 0 ? [root] : at ? elementsOf(at) : [];
    at = among.filter((element) => element.local === local)[Number(index) - 1];
  }
  return at;
}
