import { COLUMNS } from "./kinds/columns.ts";
import { FURNITURE } from "./kinds/furniture.ts";
import { GIVEN } from "./kinds/given.ts";
import { HIDDEN } from "./kinds/hidden.ts";
import { LISTS } from "./kinds/lists.ts";
import { SCANS } from "./kinds/scans.ts";
import { TABLES } from "./kinds/tables.ts";
import { TEXTS } from "./kinds/texts.ts";
import { TYPE } from "./kinds/type.ts";
import type { Sample } from "./truth.ts";

/** Those of the project's own making, and those that were given to it. */
export const SAMPLES: readonly Sample[] = [...COLUMNS, ...TABLES, ...LISTS, ...TYPE, ...FURNITURE, ...HIDDEN, ...SCANS, ...TEXTS, ...GIVEN];
