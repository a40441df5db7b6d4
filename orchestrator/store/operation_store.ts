import type { Instant } from "../../platform/clock.ts";
import type { AuditEntry } from "../policy/audit.ts";
import type { Operation } from "../policy/operation.ts";

/** The changes of many jobs that operators asked for. */
export interface OperationStore {
  operation(id: string): Promise<Operation | undefined>;
  /** Replaces the one of the version before, with what the audit log tells of it; false if it is of another (of none: 0). */
  saveOperation(operation: Operation, audit?: readonly AuditEntry[]): Promise<boolean>;
  /** The newest first, with ids below `before`. */
  operations(before: string, limit: number): Promise<Operation[]>;
  /** Those that have not ended. */
  openOperations(limit: number): Promise<Operation[]>;
  /** Removes so many of the oldest from before then, but those that have not ended, and gives how many were looked at. */
  forgetOperations(before: Instant, limit: number): Promise<number>;
}
