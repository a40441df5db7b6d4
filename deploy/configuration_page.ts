import { writeFile } from "node:fs/promises";
import { configurationPage } from "../platform/config/describe.ts";

// Writes docs/configuration.md from the table of variables.
await writeFile(new URL("../docs/configuration.md", import.meta.url), configurationPage());
