import type { AuditEntry } from "../policy/audit.ts";
import type { Controls } from "../policy/controls.ts";

/** What operators have set for the whole deployment. */
export interface ControlsStore {
  controls(): Promise<Controls>;
  /** Replaces those of the version before, with what the audit log tells of it; false if they are of another. */
  saveControls(controls: Controls, audit: readonly AuditEntry[]): Promise<boolean>;
}
