import { glob } from "node:fs/promises";
import { flushCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Loads the engine's whole program, and has Node write down what V8 made of it (NODE_COMPILE_CACHE). Every engine runs
 * that: so this reads no document and asks nobody.
 */
/** What packages load when they are first asked. */
const ON_DEMAND = ["pdfjs-dist/legacy/build/pdf.worker.mjs", "@napi-rs/canvas"];
const own = import.meta.filename;
const engine = path.join(import.meta.dirname, "child.ts");

for await (const file of glob("**/*.ts", { cwd: import.meta.dirname, exclude: ["**/*.test.ts"] })) {
  const module = path.resolve(import.meta.dirname, file);
  if (module !== own && module !== engine) await import(pathToFileURL(module).href);
}
for (const module of ON_DEMAND) await import(module);
// Last: it says that it can be given a document, and loads what it needs for one.
await import(pathToFileURL(engine).href);
flushCompileCache();
process.exit(0);
